/** A runner that needs no process: it knows the toy nodes, and every job goes on until it is cancelled. */
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import type { Runner, RunnerFacts, RunnerListener } from '#server/runner/messages.ts'
import { toyNodesDir } from './toy-nodes-dir.ts'

export class FakeRunner implements Runner {
  facts: RunnerFacts = { catalogue: {}, models: [] }
  readonly #listener: RunnerListener
  #running: string | null = null

  constructor(listener: RunnerListener) {
    this.#listener = listener
  }

  get isIdle(): boolean {
    return this.#running === null
  }

  async start(): Promise<RunnerFacts> {
    this.facts = {
      catalogue: catalogueOf(await loadRegistry(toyNodesDir), { models: [], adapters: [] }),
      models: [],
    }
    return this.facts
  }

  describe(): Promise<RunnerFacts> {
    return Promise.resolve(this.facts)
  }

  run({ job }: { readonly job: string }): void {
    this.#running = job
  }

  cancel(job: string): void {
    this.#running = null
    this.#listener.ended(job, { kind: 'cancelled' })
    this.#listener.idle()
  }

  setWatched(): void {
    // Nothing is drawn here.
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
