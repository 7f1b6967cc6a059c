/** A runner that needs no process: it knows the toy nodes, and every job goes on until it is told to end. */
import type { EngineEvent } from '#workflows/protocol.ts'
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import type { Drawn, Outcome, Runner, RunnerFacts, RunnerListener } from '#server/runner/messages.ts'
import { toyNodesDir } from './toy-nodes-dir.ts'

const registry = loadRegistry(toyNodesDir)

export class FakeRunner implements Runner {
  facts: RunnerFacts = { catalogue: {}, models: [] }
  /** Does not hear that a job is cancelled. */
  deaf = false
  readonly #listener: RunnerListener
  #running: string | null = null

  constructor(listener: RunnerListener) {
    this.#listener = listener
  }

  get isIdle(): boolean {
    return this.#running === null
  }

  async start(): Promise<RunnerFacts> {
    this.facts = { catalogue: catalogueOf(await registry, { models: [], adapters: [] }), models: [] }
    return this.facts
  }

  describe(): Promise<RunnerFacts> {
    return Promise.resolve(this.facts)
  }

  run({ job }: { readonly job: string }): void {
    this.#running = job
  }

  cancel(): void {
    if (!this.deaf) this.#end({ kind: 'cancelled' })
  }

  finish(): void {
    this.#end({ kind: 'finished', ms: 5 })
  }

  crash(): void {
    this.#end({ kind: 'crashed', message: 'The runner ended' })
  }

  report(event: EngineEvent): void {
    if (this.#running !== null) this.#listener.event(this.#running, event)
  }

  draw(node: string): void {
    const size = { mime: 'image/png', width: 1, height: 1, step: 0, total: 1, beta: null } as const
    if (this.#running !== null)
      this.#listener.preview({ job: this.#running, node, ...size }, new Uint8Array())
  }

  setWatched(): void {
    // Nothing is drawn here.
  }

  drawStep(): Promise<Drawn> {
    return Promise.resolve({ png: null })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #end(outcome: Outcome): void {
    const job = this.#running
    if (job === null) return
    this.#running = null
    this.#listener.ended(job, outcome)
    this.#listener.idle()
  }
}
