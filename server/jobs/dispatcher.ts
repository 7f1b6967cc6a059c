/** Hands waiting jobs to the runner, one after the other, and writes down what becomes of them. */
import { engineEvent, type EngineEvent } from '#workflows/protocol.ts'
import { log } from '../log.ts'
import type { Outcome, Runner, RunnerListener } from '../runner/messages.ts'
import type { ClaimedJob, JobQueue } from './job-queue.ts'
import type { JobWatchers } from './job-watchers.ts'
import { TimeLeft, type NodeTimes } from './time-left.ts'

/** Makes the runner that reports to the given listener. */
export type CreateRunner = (listener: RunnerListener) => Runner

export interface DispatcherOptions {
  readonly queue: JobQueue
  readonly watchers: JobWatchers
  readonly times: NodeTimes
  readonly bounds: {
    /** Events that wait to be stored; a job that makes more is stopped. */
    readonly unstoredEvents: number
    /** How long to wait before asking a store again that could not answer. */
    readonly storeRetryMs: number
  }
}

const unstored: Outcome & { readonly kind: 'failed' } = {
  kind: 'failed',
  code: 'not-stored',
  message:
    'Cannot go on: what the run reports cannot be stored, the disk is full; make room and run it again',
}

interface RunningJob {
  readonly job: string
  readonly timeLeft: TimeLeft
  readonly ended: Promise<void>
  /** Whether it was stopped because what it reports finds no room. */
  isUnstored: boolean
  settle(): void
}

export class Dispatcher {
  readonly runner: Runner
  readonly #options: DispatcherOptions
  #running: RunningJob | null = null
  #claiming = false
  /** Whether somebody handed a job in while one was claimed, too late for that claim to see it. */
  #wokenMeanwhile = false
  #wakeSoon: NodeJS.Immediate | null = null
  #retry: NodeJS.Timeout | undefined
  #stopping = false

  constructor(createRunner: CreateRunner, options: DispatcherOptions) {
    this.#options = options
    this.runner = createRunner({
      event: (job, event) => this.#onEvent(job, event),
      preview: (header, bytes) => options.watchers.preview(header, bytes),
      ended: (job, outcome) => this.#onEnd(job, outcome),
      idle: () => this.wake(),
    })
  }

  /** The job under way, or null. */
  get running(): string | null {
    return this.#running?.job ?? null
  }

  /** Whether the runner works, or could. */
  get isRunnerUp(): boolean {
    return this.#running !== null || this.runner.isIdle
  }

  /** Looks for a job, in the next turn: whoever handed it in learns its id, and can watch it, before it starts. */
  wake(): void {
    if (this.#stopping) return
    this.#wakeSoon ??= setImmediate(() => {
      this.#wakeSoon = null
      void this.#next()
    })
  }

  /** Asks the runner to stop the job at its next step. */
  cancel(job: string): void {
    if (this.#running?.job === job) this.runner.cancel(job)
  }

  setWatched(job: string): void {
    this.runner.setWatched(job, this.#options.watchers.has(job))
  }

  /** Takes no more jobs, gives the running one so long to end, and ends the runner. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    if (this.#wakeSoon) clearImmediate(this.#wakeSoon)
    clearTimeout(this.#retry)
    const running = this.#running
    if (running && !(await endsWithin(running.ended, graceMs))) {
      this.#giveBack(running.job)
      this.#running = null
    }
    await this.runner.close()
  }

  /** A method, because it can change while something is waited for. */
  #hasStopped(): boolean {
    return this.#stopping
  }

  #giveBack(job: string): void {
    log.info({ job }, 'job given back: the server stops')
    this.#options.queue.giveBack(job, { because: 'The server was stopped while the job ran', counts: false })
  }

  async #next(): Promise<void> {
    if (this.#claiming) this.#wokenMeanwhile = true
    if (this.#claiming || this.#hasStopped() || this.#running || !this.runner.isIdle) return
    this.#claiming = true
    this.#wokenMeanwhile = false
    try {
      const claimed = await this.#options.queue.claim()
      if (claimed && !this.#hasStopped()) this.#run(claimed)
      else if (claimed) this.#giveBack(claimed.job)
    } catch (error) {
      log.error({ err: error }, 'no job can be started: the store does not answer')
      this.#retry = setTimeout(() => this.wake(), this.#options.bounds.storeRetryMs)
    } finally {
      this.#claiming = false
      if (this.#wokenMeanwhile) this.wake()
    }
  }

  #run({ job, request }: ClaimedJob): void {
    let settle = () => undefined as void
    const ended = new Promise<void>((resolve) => (settle = resolve))
    const timeLeft = new TimeLeft(request, this.runner.facts.catalogue, this.#options.times)
    this.#running = { job, timeLeft, ended, isUnstored: false, settle }
    log.info({ job }, 'job started')
    this.runner.run({ job, ...request }, this.#options.watchers.has(job))
  }

  /** A runner is another process: what it reports is checked like anything from outside. */
  #onEvent(job: string, reported: EngineEvent): void {
    const running = this.#running
    if (running?.job !== job) return
    const { success, data, error } = engineEvent.safeParse(reported)
    if (!success) return log.error({ job, err: error }, 'event dropped: it is not as the protocol says')
    this.#options.queue.append(job, running.timeLeft.note(data))
    if (running.isUnstored || this.#options.queue.backlog <= this.#options.bounds.unstoredEvents) return
    running.isUnstored = true
    this.runner.cancel(job)
  }

  #onEnd(job: string, outcome: Outcome): void {
    log.info({ job, outcome: outcome.kind }, 'job ended')
    const running = this.#running
    if (running?.job !== job) return
    this.#running = null
    if (outcome.kind === 'crashed')
      this.#options.queue.giveBack(job, { because: outcome.message, counts: true })
    else
      this.#options.queue.append(job, outcome.kind === 'cancelled' && running.isUnstored ? unstored : outcome)
    if (outcome.kind === 'finished') running.timeLeft.learn()
    running.settle()
  }
}

function endsWithin(ended: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms)
    void ended.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
