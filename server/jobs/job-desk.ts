/** Where jobs are handed in, called off and asked for: joins the check of a workflow, the queue, the runner and the log. */
import { randomUUID } from 'node:crypto'
import { blockingFaults } from '#workflows/blocking.ts'
import type { Fault } from '#workflows/fault.ts'
import type { RunReply } from '#workflows/protocol.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { limits } from '../limits.ts'
import { log } from '../log.ts'
import type { Runner, RunnerListener } from '../runner/messages.ts'
import { JobLog, type JobView, type Watcher } from './job-log.ts'
import { memoryQueue, type JobQueue } from './job-queue.ts'

export type CancelReply = { readonly ok: true } | { readonly ok: false; readonly message: string }

export class JobDesk {
  readonly runner: Runner
  readonly #queue: JobQueue
  readonly #log = new JobLog(limits)

  /** @param createRunner makes the runner that reports to the given listener. */
  constructor(createRunner: (listener: RunnerListener) => Runner, queue = memoryQueue(limits.queuedJobs)) {
    this.#queue = queue
    this.runner = createRunner({
      event: (job, event) => this.#log.append(job, event),
      preview: (header, bytes) => this.#log.preview(header, bytes),
      ended: (job, outcome) => {
        log.info({ job, outcome: outcome.kind }, 'job ended')
        this.#log.append(job, outcome)
      },
      idle: () => this.#next(),
    })
  }

  /** Every fault of a workflow that somebody sent. */
  validate(json: unknown): readonly Fault[] {
    return validateWorkflow(json, this.runner.facts.catalogue).faults
  }

  /** Checks what a run needs of a workflow and queues it; the id of the job is nothing that can be guessed. */
  submit(json: unknown, targets: readonly string[] = []): RunReply {
    const { catalogue } = this.runner.facts
    const { workflow, faults } = validateWorkflow(json, catalogue)
    if (!workflow) return { ok: false, faults }
    const missing = targets.filter((id) => !Object.hasOwn(workflow.nodes, id))
    if (missing.length > 0) return { ok: false, faults: missing.map(missingTarget) }
    const blocking = blockingFaults(workflow, faults, catalogue, targets.length > 0 ? targets : undefined)
    if (blocking.length > 0) return { ok: false, faults: blocking }
    const job = randomUUID()
    if (!this.#queue.add({ job, workflow, ...(targets.length > 0 && { targets }) }))
      return { ok: false, faults: [queueIsFull] }
    log.info({ job }, 'job queued')
    this.#log.open(job)
    // Whoever hands it in learns its id, and can watch it, before it starts.
    setImmediate(() => this.#next())
    return { ok: true, job }
  }

  /** Takes a waiting job out of the queue, or stops a running one at its next step. */
  cancel(job: string): CancelReply {
    const state = this.#log.view(job)?.state
    if (state === undefined) return { ok: false, message: unknownJob(job) }
    if (this.#queue.remove(job)) this.#log.append(job, { kind: 'cancelled' })
    else if (state === 'running') this.runner.cancel(job)
    else return { ok: false, message: `Cannot cancel job '${job}': it is ${state} already` }
    return { ok: true }
  }

  /** A job with its events after `lastSeq`; null when it is not known. */
  view(job: string, lastSeq = 0): JobView | null {
    return this.#log.view(job, lastSeq)
  }

  /** What a job did after `lastSeq`, and from now on everything it does goes to the watcher; null when it is not known. */
  watch(job: string, lastSeq: number, watcher: Watcher): JobView | null {
    const view = this.#log.view(job, lastSeq)
    if (view) this.#log.watch(job, watcher)
    this.runner.setWatched(job, this.#log.isWatched(job))
    return view
  }

  unwatch(job: string, watcher: Watcher): void {
    this.#log.unwatch(job, watcher)
    this.runner.setWatched(job, this.#log.isWatched(job))
  }

  close(): Promise<void> {
    return this.runner.close()
  }

  #next(): void {
    if (!this.runner.isIdle) return
    const job = this.#queue.take()
    if (!job) return
    this.#log.append(job.job, { kind: 'started' })
    this.runner.run(job, this.#log.isWatched(job.job))
  }
}

export function unknownJob(job: string): string {
  return `Cannot find job '${job}': it never was, or it ended too long ago`
}

const queueIsFull: Fault = {
  code: 'busy',
  path: [],
  message: `Cannot queue the run: ${limits.queuedJobs} are waiting already, wait for one to end or cancel one`,
}

function missingTarget(id: string): Fault {
  return {
    code: 'unknown-node',
    path: [],
    message: `Cannot run up to node '${id}': the workflow has no such node`,
  }
}
