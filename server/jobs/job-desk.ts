/** Where jobs are handed in, called off and asked for: joins the check of a workflow, the queue and those who watch. */
import { randomUUID } from 'node:crypto'
import { blockingFaults } from '#workflows/blocking.ts'
import type { Fault } from '#workflows/fault.ts'
import type { JobPage, JobView, QueueView, RunReply, RunRequest } from '#workflows/protocol.ts'
import type { Workflow } from '#workflows/format.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { costFaults, type CostFacts } from '#workflows/cost.ts'
import type { Visitor } from '../access/gate.ts'
import { limits } from '../limits.ts'
import { log } from '../log.ts'
import type { Runner } from '../runner/messages.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { HistoryFilter, JobQueue, NewJob } from './job-queue.ts'
import type { JobWatchers, Watcher } from './job-watchers.ts'
import { WaitingShares } from './waiting-shares.ts'
import { HeldWatcher, type Watch } from './watch.ts'

/** Side that the usual models are trained at, in pixels. */
const usualSide = 512

/** A request to run whose workflow is still to be judged. */
export type LooseRunRequest = Omit<RunRequest, 'workflow'> & { readonly workflow?: unknown }

export type Refused = {
  readonly ok: false
  readonly code: 'unknown-job' | 'ended' | 'not-waiting'
  readonly message: string
}
export type CancelReply = { readonly ok: true } | Refused

export interface DeskParts {
  readonly queue: JobQueue
  readonly watchers: JobWatchers
  readonly dispatcher: Dispatcher
}

export class JobDesk {
  readonly #queue: JobQueue
  readonly #watchers: JobWatchers
  readonly #dispatcher: Dispatcher
  readonly #shares = new WaitingShares(limits.queuedJobsPerVisitor)
  readonly #queueListeners = new Set<() => void>()

  constructor({ queue, watchers, dispatcher }: DeskParts) {
    this.#queue = queue
    this.#watchers = watchers
    this.#dispatcher = dispatcher
    queue.subscribe({
      event: (event) => watchers.event(event),
      changed: () => {
        dispatcher.wake()
        for (const listener of this.#queueListeners) listener()
      },
    })
  }

  get runner(): Runner {
    return this.#dispatcher.runner
  }

  /** Starts the runner, and takes up what the last server left. */
  async start(): Promise<void> {
    await this.runner.start()
    await this.#queue.recover()
    this.#dispatcher.wake()
  }

  /** Every fault of a workflow that somebody sent. */
  validate(json: unknown): readonly Fault[] {
    return validateWorkflow(json, this.runner.facts.catalogue).faults
  }

  /** Checks what a run needs of a workflow and queues it; the id of the job is nothing that can be guessed. */
  async submit(
    { workflow: json, targets = [], priority = 0, branch, key }: LooseRunRequest,
    visitor?: Visitor,
  ): Promise<RunReply> {
    const { workflow, faults } = this.#checked(json, targets)
    if (!workflow) return { ok: false, faults }
    const missing = branch && !Object.hasOwn(workflow.nodes, topLevel(branch.node)) ? [branch.node] : []
    if (missing.length > 0) return { ok: false, faults: missing.map(missingTarget) }
    const request = { workflow, ...(targets.length > 0 && { targets }), ...(branch && { branch }) }
    return this.#add({ job: randomUUID(), request, priority, ...(key !== undefined && { key }) }, visitor)
  }

  /** Runs a job that has ended once more, as a new job. */
  async retry(job: string, visitor?: Visitor): Promise<RunReply | Refused> {
    const [known, request] = [await this.#queue.get(job), await this.#queue.request(job)]
    if (!known || !request) return unknown(job)
    if (known.ended === null)
      return refuse('not-waiting', `Cannot retry job '${job}': it is ${known.state}, cancel it first`)
    return this.#add({ job: randomUUID(), request, priority: known.priority }, visitor)
  }

  /** Takes a waiting job out of the queue, or stops a running one at its next step. */
  async cancel(job: string): Promise<CancelReply> {
    switch (await this.#queue.cancel(job)) {
      case 'unknown':
        return unknown(job)
      case 'ended': {
        const state = (await this.#queue.get(job))?.state ?? 'over'
        return refuse('ended', `Cannot cancel job '${job}': it is ${state} already`)
      }
      case 'running':
        this.#dispatcher.cancel(job)
    }
    return { ok: true }
  }

  /** Cancels what waits and what runs; their ids. */
  async cancelAll(): Promise<readonly string[]> {
    const waiting = await this.#queue.cancelWaiting()
    const { running } = await this.#queue.view()
    const stopped = running !== null && (await this.cancel(running)).ok
    return stopped ? [...waiting, running] : waiting
  }

  async prioritise(job: string, priority: number): Promise<CancelReply> {
    switch (await this.#queue.prioritise(job, priority)) {
      case 'moved':
        return { ok: true }
      case 'unknown':
        return unknown(job)
      case 'not-waiting':
        return refuse('not-waiting', `Cannot move job '${job}': it does not wait any more`)
    }
  }

  setPaused(paused: boolean): Promise<void> {
    return this.#queue.setPaused(paused)
  }

  queue(): Promise<QueueView> {
    return this.#queue.view()
  }

  /** Calls the listener whenever the queue is not what it was. */
  onQueueChange(listener: () => void): () => void {
    this.#queueListeners.add(listener)
    return () => this.#queueListeners.delete(listener)
  }

  list(filter: HistoryFilter): Promise<JobPage> {
    return this.#queue.list(filter)
  }

  /** A job with its events after `lastSeq`; null when it is not known. */
  async view(job: string, lastSeq = 0): Promise<JobView | null> {
    const summary = await this.#queue.get(job)
    const events = await this.#queue.events(job, lastSeq)
    return summary && events ? { ...summary, events } : null
  }

  async knows(job: string): Promise<boolean> {
    return (await this.#queue.get(job)) !== null
  }

  /** The workflow as it was handed in; null when the job is not known. */
  async workflowOf(job: string): Promise<Workflow | null> {
    return (await this.#queue.request(job))?.workflow ?? null
  }

  /** What a job did after `lastSeq`; once that is told and opened, what it does goes to the watcher. */
  async watch(job: string, lastSeq: number, watcher: Watcher): Promise<Watch | null> {
    const held = new HeldWatcher(watcher)
    this.#watchers.add(job, held)
    const close = () => {
      this.#watchers.remove(job, held)
      this.#dispatcher.setWatched(job)
    }
    const view = await this.view(job, lastSeq)
    if (!view) {
      close()
      return null
    }
    this.#dispatcher.setWatched(job)
    return {
      state: view.state,
      events: view.events,
      open: () => {
        held.open(view.events.at(-1)?.seq ?? lastSeq)
        if (view.ended === null) this.#watchers.showLastPreviews(job, held)
      },
      close,
    }
  }

  /** @throws when nothing can be stored. */
  check(): Promise<void> {
    return this.#queue.check()
  }

  /** Takes no more jobs; what runs has so long to end, else it is given back and runs after the next start. */
  stop(graceMs: number): Promise<void> {
    return this.#dispatcher.stop(graceMs)
  }

  #checked(
    json: unknown,
    targets: readonly string[],
  ): { workflow: Workflow | null; faults: readonly Fault[] } {
    const { catalogue } = this.runner.facts
    const judged = validateWorkflow(json, catalogue)
    const { workflow, faults, plan: known } = judged
    if (!workflow) return { workflow: null, faults }
    const missing = targets.filter((id) => !Object.hasOwn(workflow.nodes, topLevel(id)))
    if (missing.length > 0) return { workflow: null, faults: missing.map(missingTarget) }
    const aims = targets.length > 0 ? { targets } : {}
    const blocking = blockingFaults({ ...judged, workflow }, catalogue, aims.targets)
    if (blocking.length > 0) return { workflow: null, faults: blocking }
    const tooMuch = costFaults(workflow, catalogue, this.#costFacts, { ...aims, known })
    return { workflow: tooMuch.length > 0 ? null : workflow, faults: tooMuch }
  }

  /** A size that the file leaves to the model is that of the largest one here. */
  get #costFacts(): CostFacts {
    const sides = this.runner.facts.models.map(({ size }) => size)
    return { trainedSide: Math.max(usualSide, ...sides), picturePixels: limits.picturePixels }
  }

  async #add(job: NewJob, visitor?: Visitor): Promise<RunReply> {
    const add = () => this.#queue.add(job)
    const added = visitor?.isCounted
      ? await this.#shares.within(visitor.name, job.job, (await this.#queue.view()).queued, add)
      : await add()
    switch (added?.kind) {
      case undefined:
        return { ok: false, faults: [shareIsFull] }
      case 'added':
        log.info({ job: job.job }, 'job queued')
        return { ok: true, job: job.job }
      case 'known':
        return { ok: true, job: added.job }
      case 'other-request':
        return { ok: false, faults: [keyIsTaken] }
      case 'full':
        return { ok: false, faults: [queueIsFull] }
    }
  }
}

export function unknownJob(job: string): string {
  return `Cannot find job '${job}': it never was, or it ended too long ago`
}

function unknown(job: string): Refused {
  return refuse('unknown-job', unknownJob(job))
}

function refuse(code: Refused['code'], message: string): Refused {
  return { ok: false, code, message }
}

/** The node in the file that a node inside subgraphs, `outer/inner`, belongs to. */
function topLevel(id: string): string {
  return id.split('/', 1)[0] ?? id
}

const queueIsFull: Fault = {
  code: 'busy',
  path: [],
  message: `Cannot queue the run: too many are waiting already, wait for one to end or cancel one`,
}

const shareIsFull: Fault = {
  code: 'busy',
  path: [],
  message: `Cannot queue the run: ${limits.queuedJobsPerVisitor} of yours are waiting already, wait for one to end or cancel one`,
}

const keyIsTaken: Fault = {
  code: 'key-used',
  path: [],
  message: 'Cannot queue the run: another one was handed in with the same key, use a new key for every run',
}

function missingTarget(id: string): Fault {
  return {
    code: 'unknown-node',
    path: [],
    message: `Cannot run up to node '${id}': the workflow has no such node`,
  }
}
