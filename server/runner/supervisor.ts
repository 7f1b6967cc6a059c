/** Keeps one runner alive: hands it jobs, ends what hangs, and puts another in its place when it dies. */
import type { FailureCode } from '#workflows/protocol.ts'
import { log } from '../log.ts'
import type {
  FromRunner,
  Outcome,
  Runner,
  RunnerFacts,
  RunnerJob,
  RunnerListener,
  RunnerOptions,
  Drawn,
} from './messages.ts'
import type { StepPlace } from '../steps/step-store.ts'
import { busy, Drawings, type DrawingBounds } from './drawings.ts'
import { CallClock } from './call-clock.ts'
import { ownMemory } from './own-memory.ts'
import { RunnerProcess } from './runner-process.ts'

interface RunningJob {
  readonly job: RunnerJob
  /** What becomes of the job if its runner ends now; null when that would be the runner's own doing. */
  verdict: Outcome | null
  killTimer?: NodeJS.Timeout
}

export interface SupervisorBounds extends DrawingBounds {
  /** How long a cancelled job may take to stop before its runner is killed. */
  readonly cancelGraceMs: number
  /** How long the first runner is up before a spare one is started, to be there when it dies. After a death it is at once. */
  readonly spareAfterMs: number
  /** How long one call of a node's code may take. */
  readonly nodeMs: number
  /** Memory that a runner may take for itself, and how often that is looked at. */
  readonly runnerMemoryBytes: number
  readonly memoryCheckMs: number
}

const longestPauseMs = 10_000

/** The number of the call that stands for the time before the first one: a runner may hang in something else. */
const handOver = 0

export class Supervisor implements Runner {
  readonly #options: RunnerOptions
  readonly #listener: RunnerListener
  readonly #bounds: SupervisorBounds
  readonly #memoryBytes: number
  readonly #drawings: Drawings
  readonly #calls: CallClock
  #active: RunnerProcess | null = null
  #spare: RunnerProcess | null = null
  #facts: RunnerFacts | null = null
  #isReady = false
  #running: RunningJob | null = null
  #closing = false
  #deathsInARow = 0
  #spareAfterMs: number
  #restartTimer: NodeJS.Timeout | undefined
  #spareTimer: NodeJS.Timeout | undefined
  #memoryTimer: NodeJS.Timeout | undefined
  #waiting: { resolve(facts: RunnerFacts): void; reject(error: Error): void }[] = []

  constructor(options: RunnerOptions, listener: RunnerListener, bounds: SupervisorBounds) {
    this.#options = options
    this.#listener = listener
    this.#bounds = bounds
    this.#spareAfterMs = bounds.spareAfterMs
    this.#memoryBytes = options.memoryBytes ?? bounds.runnerMemoryBytes
    this.#drawings = new Drawings(bounds)
    this.#calls = new CallClock(bounds.nodeMs, (node) =>
      this.#condemn('took-too-long', takesTooLong(node, bounds.nodeMs)),
    )
  }

  start(): Promise<RunnerFacts> {
    const ready = this.#nextFacts()
    this.#active = this.#open()
    this.#memoryTimer = setInterval(() => void this.#checkMemory(), this.#bounds.memoryCheckMs).unref()
    return ready
  }

  /** Process id of the runner under way; null between a death and the restart. */
  get pid(): number | null {
    return this.#active?.pid ?? null
  }

  /** Process id of the one that stands by, once it could take over. */
  get sparePid(): number | null {
    return this.#spare?.facts ? this.#spare.pid : null
  }

  get isIdle(): boolean {
    return this.#isReady && this.#running === null
  }

  get facts(): RunnerFacts {
    if (!this.#facts) throw new Error('Cannot say what the runner can do: it has not started yet')
    return this.#facts
  }

  async describe(): Promise<RunnerFacts> {
    if (!this.isIdle) return this.facts
    const facts = this.#nextFacts()
    this.#active?.send({ kind: 'describe' })
    return facts
  }

  run(job: RunnerJob, watched: boolean): void {
    this.#settleWaiting(this.facts)
    this.#running = { job, verdict: null }
    this.#calls.begin(handOver, null)
    this.#active?.send({ kind: 'run', job, watched })
  }

  /** A runner that does not stop within the grace is killed. */
  cancel(job: string): void {
    const running = this.#running
    if (running?.job.job !== job || running.verdict) return
    running.verdict = { kind: 'cancelled' }
    running.killTimer = setTimeout(() => void this.#active?.kill(), this.#bounds.cancelGraceMs)
    this.#active?.send({ kind: 'cancel', job })
  }

  setWatched(job: string, watched: boolean): void {
    if (this.#running?.job.job !== job) return
    this.#active?.send({ kind: 'watched', job, watched })
  }

  drawStep(place: StepPlace): Promise<Drawn> {
    const runner = this.#isReady ? this.#active : null
    if (!runner) return Promise.reject(busy('the runner is starting'))
    return this.#drawings.ask((request) => runner.send({ kind: 'draw', request, place }))
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#drawings.failAll()
    clearTimeout(this.#restartTimer)
    clearTimeout(this.#spareTimer)
    clearInterval(this.#memoryTimer)
    this.#calls.clear()
    await Promise.all([this.#active?.kill(), this.#spare?.kill()])
  }

  #open(): RunnerProcess {
    return new RunnerProcess(this.#options, {
      message: (from, message) => {
        if (from === this.#active) this.#receive(message)
      },
      exit: (from, cause) => {
        if (from === this.#spare) this.#onSpareExit()
        else if (from === this.#active && !this.#closing) this.#onExit(cause)
      },
    })
  }

  #receive(message: FromRunner): void {
    switch (message.kind) {
      case 'facts':
        return this.#onFacts(message.facts)
      case 'unusable':
        return this.#failWaiting(message.message)
      case 'call':
        this.#calls.end(handOver)
        return this.#calls.begin(message.call, message.node)
      case 'returned':
        return this.#calls.end(message.call)
      case 'event':
        this.#calls.end(handOver)
        return this.#listener.event(message.job, message.event)
      case 'preview':
        return this.#listener.preview(message.header, message.bytes)
      case 'ended':
        return this.#end(message.outcome)
      case 'drawn':
        return this.#drawings.settle(message.request, message.drawn)
    }
  }

  #onFacts(facts: RunnerFacts): void {
    this.#facts = facts
    this.#settleWaiting(facts)
    if (this.#isReady) return
    this.#isReady = true
    this.#openSpareAfter(this.#spareAfterMs)
    this.#listener.idle()
  }

  #openSpareAfter(ms: number): void {
    clearTimeout(this.#spareTimer)
    if (!this.#closing) this.#spareTimer = setTimeout(() => (this.#spare ??= this.#open()), ms).unref()
  }

  /** Ends the runner, whose job fails because of the node that runs. */
  #condemn(code: FailureCode, message: string): void {
    log.warn({ job: this.#running?.job.job, code }, 'runner is ended: it is over a bound')
    if (this.#running) this.#running.verdict ??= { kind: 'failed', code, message }
    void this.#active?.kill()
  }

  async #checkMemory(): Promise<void> {
    const runner = this.#active
    const bytes = runner?.pid ? await ownMemory(runner.pid) : null
    if (bytes === null || bytes <= this.#memoryBytes || runner !== this.#active) return
    this.#condemn('out-of-memory', takesTooMuch(this.#calls.node, this.#memoryBytes))
  }

  #end(outcome: Outcome): void {
    const running = this.#running
    if (!running) return
    clearTimeout(running.killTimer)
    this.#running = null
    this.#calls.clear()
    this.#deathsInARow = 0
    this.#listener.ended(running.job.job, outcome)
    if (this.#isReady) this.#listener.idle()
  }

  #onSpareExit(): void {
    this.#spare = null
    this.#openSpareAfter(longestPauseMs)
  }

  #onExit(cause: string): void {
    this.#active = null
    this.#isReady = false
    clearTimeout(this.#spareTimer)
    this.#drawings.failAll()
    log.warn({ cause, job: this.#running?.job.job }, 'runner ended')
    // What ended this one may end the next, soon.
    this.#spareAfterMs = 0
    const pauseMs = this.#running ? 0 : pauseAfter(this.#deathsInARow++)
    this.#settleAfter(cause)
    if (!this.#facts)
      return this.#failWaiting(`The runner ended before it was ready (${cause}), see what it printed above`)
    if (pauseMs === 0) this.#replace()
    else this.#restartTimer = setTimeout(() => this.#replace(), pauseMs)
  }

  #replace(): void {
    this.#active = this.#spare ?? this.#open()
    this.#spare = null
    if (!this.#active.facts) return
    // It knows of no model that came since it started to stand by.
    this.#active.send({ kind: 'describe' })
    this.#onFacts(this.facts)
  }

  #settleAfter(cause: string): void {
    const running = this.#running
    if (!running) return
    const { node } = this.#calls
    const outcome = running.verdict ?? { kind: 'crashed', message: deathMessage(node, cause) }
    if (outcome.kind === 'failed' && node !== null)
      this.#listener.event(running.job.job, { kind: 'node-failed', node, message: outcome.message })
    this.#end(outcome)
  }

  #nextFacts(): Promise<RunnerFacts> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  #settleWaiting(facts: RunnerFacts): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(facts)
  }

  #failWaiting(message: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(message))
  }
}

/** A runner that dies without a job is replaced at once, then after longer and longer pauses. */
function pauseAfter(deaths: number): number {
  return deaths === 0 ? 0 : Math.min(100 * 2 ** deaths, longestPauseMs)
}

function takesTooLong(node: string | null, mostMs: number): string {
  return `Cannot ${runs(node)}: it took longer than ${mostMs / 60_000} min at one go and was ended; let it do less, or fewer things at once`
}

function runs(node: string | null): string {
  return node === null ? 'run the workflow' : `run node '${node}'`
}

function takesTooMuch(node: string | null, mostBytes: number): string {
  return `Cannot ${runs(node)}: it took more than ${(mostBytes / 2 ** 30).toFixed(1)} GiB of memory and was ended; make the picture smaller, or allow more with --memory`
}

function deathMessage(node: string | null, cause: string): string {
  const when = node === null ? 'before the first node ran' : `while node '${node}' ran`
  return `The runner ended ${when} (${cause}): it ran out of memory, was killed or crashed`
}
