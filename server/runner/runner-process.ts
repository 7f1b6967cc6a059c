/** One runner process: started, spoken to and heard. */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { log } from '../log.ts'
import { childExecArgv } from './exec-argv.ts'
import type { FromRunner, RunnerFacts, RunnerOptions, ToRunner } from './messages.ts'

export interface ProcessListener {
  message(from: RunnerProcess, message: FromRunner): void
  /** @param cause such as `signal SIGKILL` */
  exit(from: RunnerProcess, cause: string): void
}

const entry = fileURLToPath(new URL('./child.ts', import.meta.url))

export class RunnerProcess {
  readonly #child: ChildProcess
  readonly #gone: Promise<string>
  #facts: RunnerFacts | null = null

  constructor(options: RunnerOptions, listener: ProcessListener) {
    this.#child = fork(entry, {
      execArgv: childExecArgv(),
      serialization: 'advanced',
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    this.#child.on('message', (message: FromRunner) => {
      // What it said before it was killed may still arrive: whoever killed it has decided already.
      if (this.#child.killed) return
      if (message.kind === 'facts') this.#facts = message.facts
      listener.message(this, message)
    })
    this.#gone = causeOfEnd(this.#child)
    void this.#gone.then((cause) => listener.exit(this, cause))
    this.send({ kind: 'open', options })
  }

  get pid(): number | null {
    return this.#child.pid ?? null
  }

  /** What it said last that it can do; null before it can do anything. */
  get facts(): RunnerFacts | null {
    return this.#facts
  }

  /** What is sent to a process that just died is lost on purpose: its exit settles everything. */
  send(message: ToRunner): void {
    this.#child.send(message, (error) => {
      if (error) log.debug({ err: error }, 'message to the runner lost')
    })
  }

  /** Resolves when it is gone. It keeps nothing that is not already on disk, so it is not asked first. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#gone
  }
}

/** What a process said last may arrive after its exit: wait for it this long. */
const lastWordsMs = 200

function causeOfEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const end = () => resolve(signal ? `signal ${signal}` : `exit code ${code}`)
      if (!child.connected) return end()
      child.once('disconnect', end)
      setTimeout(end, lastWordsMs)
    })
    child.on('error', (error) => {
      log.error({ err: error }, 'runner error')
      // One that could not even be started has no exit.
      if (child.pid === undefined) resolve(error.message)
    })
  })
}
