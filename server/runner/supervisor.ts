/** Keeps one runner alive: starts it, hands it jobs, ends what hangs, and starts it again when it dies. */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EngineEvent } from '#workflows/protocol.ts'
import { log } from '../log.ts'
import type {
  FromRunner,
  Outcome,
  Runner,
  RunnerFacts,
  RunnerJob,
  RunnerListener,
  RunnerOptions,
  ToRunner,
} from './messages.ts'
import { childExecArgv } from './exec-argv.ts'

interface RunningJob {
  readonly job: RunnerJob
  watched: boolean
  /** How many runners it was handed to. */
  starts: number
  /** Whether the runner has reported anything of it. */
  hasBegun: boolean
  /** The node that was reported last as started. */
  node: string | null
  cancelled: boolean
  killTimer?: NodeJS.Timeout
}

const entry = fileURLToPath(new URL('./child.ts', import.meta.url))
const longestPauseMs = 10_000

export class Supervisor implements Runner {
  readonly #options: RunnerOptions
  readonly #listener: RunnerListener
  readonly #cancelGraceMs: number
  #child: ChildProcess | null = null
  #facts: RunnerFacts | null = null
  #isReady = false
  #running: RunningJob | null = null
  #closing = false
  #deathsInARow = 0
  #restartTimer: NodeJS.Timeout | undefined
  #waiting: { resolve(facts: RunnerFacts): void; reject(error: Error): void }[] = []

  constructor(options: RunnerOptions, listener: RunnerListener, cancelGraceMs: number) {
    this.#options = options
    this.#listener = listener
    this.#cancelGraceMs = cancelGraceMs
  }

  start(): Promise<RunnerFacts> {
    const ready = this.#nextFacts()
    this.#spawn()
    return ready
  }

  /** Process id of the runner under way; null between a death and the restart. */
  get pid(): number | null {
    return this.#child?.pid ?? null
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
    this.#send({ kind: 'describe' })
    return facts
  }

  run(job: RunnerJob, watched: boolean): void {
    this.#settleWaiting(this.facts)
    this.#running = { job, watched, starts: 0, hasBegun: false, node: null, cancelled: false }
    this.#handOver(this.#running)
  }

  /** A runner that does not stop within the grace is killed. */
  cancel(job: string): void {
    const running = this.#running
    if (running?.job.job !== job || running.cancelled) return
    running.cancelled = true
    running.killTimer = setTimeout(() => this.#child?.kill('SIGKILL'), this.#cancelGraceMs)
    this.#send({ kind: 'cancel', job })
  }

  setWatched(job: string, watched: boolean): void {
    if (this.#running?.job.job !== job) return
    this.#running.watched = watched
    this.#send({ kind: 'watched', job, watched })
  }

  /** Ends the runner. It keeps nothing that is not already on disk, so it is not asked first. */
  async close(): Promise<void> {
    this.#closing = true
    clearTimeout(this.#restartTimer)
    const child = this.#child
    if (!child) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  #spawn(): void {
    const child = fork(entry, {
      execArgv: childExecArgv(),
      serialization: 'advanced',
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    this.#child = child
    child.on('message', (message) => this.#receive(message as FromRunner))
    child.on('error', (error) => log.error({ err: error }, 'runner error'))
    child.once('exit', (code, signal) => this.#onExit(signal ? `signal ${signal}` : `exit code ${code}`))
    this.#send({ kind: 'open', options: this.#options })
  }

  /** A message to a runner that just died is lost on purpose: its exit settles the job. */
  #send(message: ToRunner): void {
    this.#child?.send(message, (error) => {
      if (error) log.debug({ err: error }, 'message to the runner lost')
    })
  }

  #receive(message: FromRunner): void {
    switch (message.kind) {
      case 'facts':
        return this.#onFacts(message.facts)
      case 'unusable':
        return this.#failWaiting(message.message)
      case 'event':
        this.#note(message.event)
        return this.#listener.event(message.job, message.event)
      case 'preview':
        return this.#listener.preview(message.header, message.bytes)
      case 'ended':
        return this.#end(message.outcome)
    }
  }

  #onFacts(facts: RunnerFacts): void {
    this.#facts = facts
    this.#settleWaiting(facts)
    if (this.#isReady) return
    this.#isReady = true
    if (this.#running) this.#handOver(this.#running)
    else this.#listener.idle()
  }

  #handOver(running: RunningJob): void {
    if (running.cancelled) return this.#end({ kind: 'cancelled' })
    running.starts++
    this.#send({ kind: 'run', job: running.job, watched: running.watched })
  }

  #note(event: EngineEvent): void {
    if (!this.#running) return
    this.#running.hasBegun = true
    if (event.kind === 'node-started') this.#running.node = event.node
  }

  #end(outcome: Outcome): void {
    const running = this.#running
    if (!running) return
    clearTimeout(running.killTimer)
    this.#running = null
    this.#deathsInARow = 0
    this.#listener.ended(running.job.job, outcome)
    if (this.#isReady) this.#listener.idle()
  }

  #onExit(cause: string): void {
    this.#child = null
    this.#isReady = false
    if (this.#closing) return
    log.warn({ cause, job: this.#running?.job.job }, 'runner ended')
    const pauseMs = this.#running ? 0 : pauseAfter(this.#deathsInARow++)
    this.#settleAfter(cause)
    if (!this.#facts)
      return this.#failWaiting(`The runner ended before it was ready (${cause}), see what it printed above`)
    if (pauseMs === 0) this.#spawn()
    else this.#restartTimer = setTimeout(() => this.#spawn(), pauseMs)
  }

  /** A job that the runner died without touching is handed to the next one, once; any other ends with it. */
  #settleAfter(cause: string): void {
    const running = this.#running
    if (!running) return
    if (running.cancelled) return this.#end({ kind: 'cancelled' })
    if (running.hasBegun || running.starts > 1)
      this.#end({ kind: 'failed', message: deathMessage(running, cause) })
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

/** A runner that dies without a job is started again at once, then after longer and longer pauses. */
function pauseAfter(deaths: number): number {
  return deaths === 0 ? 0 : Math.min(100 * 2 ** deaths, longestPauseMs)
}

function deathMessage({ node }: RunningJob, cause: string): string {
  const when = node === null ? 'before the first node ran' : `while node '${node}' ran`
  return `The runner ended ${when} (${cause}): it ran out of memory, was killed or crashed; a new one is starting, run it again`
}
