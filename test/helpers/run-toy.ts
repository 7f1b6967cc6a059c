/** Runs toy workflows: one process with one cache, and everything that it reported. */
import { ResultCache } from '#server/engine/cache.ts'
import type { ExecuteOptions, PreviewPlace, RunResult, Services } from '#server/engine/engine.ts'
import { execute } from '#server/engine/execute.ts'
import type { Image } from '#nodes/values.ts'
import type { Workflow } from '#workflows/format.ts'
import type { EngineEvent } from '#workflows/protocol.ts'
import { toys, type Toys } from './toy-nodes.ts'

export interface ToyRun {
  readonly result: RunResult
  /** The calls of this run only. */
  readonly calls: readonly string[]
  readonly events: readonly EngineEvent[]
  readonly previews: readonly (PreviewPlace & { readonly image: Image })[]
  /** Events and previews by name, in the order in which they came. */
  readonly order: readonly string[]
}

/** Toys ask for nothing. */
export const noServices: Services = {
  findModel: () => Promise.reject(new Error('Cannot find a model: toys have none')),
  model: () => Promise.reject(new Error('Cannot load a model: toys have none')),
  loadPicture: () => Promise.reject(new Error('Cannot load a picture: toys have none')),
  savePicture: async ({ width, height }) => ({ picture: 'f'.repeat(64), width, height }),
}

/** A process: what it ran stays in its cache for the next run. */
export function toyProcess(drawer: Toys = toys(), cache = new ResultCache(1e6)) {
  return async (workflow: Workflow, options: Partial<ExecuteOptions> = {}): Promise<ToyRun> => {
    const callsBefore = drawer.calls.length
    const events: EngineEvent[] = []
    const previews: (PreviewPlace & { image: Image })[] = []
    const order: string[] = []
    const result = await execute({
      workflow,
      registry: drawer.registry,
      cache,
      services: noServices,
      emit: (event) => {
        events.push(event)
        order.push('index' in event ? `${event.kind} ${event.index}` : `${event.kind} ${event.node}`)
      },
      emitPreview: (place, image) => {
        previews.push({ ...place, image })
        order.push(`preview ${place.step}`)
      },
      ...options,
    })
    return { result, calls: drawer.calls.slice(callsBefore), events, previews, order }
  }
}
