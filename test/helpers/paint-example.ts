/** Paints an example with real nodes and a small random model. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { loadModel } from '#inference/model.ts'
import type { Image } from '#nodes/values.ts'
import type { ResultCache } from '#server/engine/cache.ts'
import type { Services } from '#server/engine/engine.ts'
import { execute } from '#server/engine/execute.ts'
import { loadRegistry } from '#server/registry.ts'
import { workflowSchema, type Workflow } from '#workflows/format.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export function example(name: string): Workflow {
  return workflowSchema.parse(JSON.parse(readFileSync(`${root}workflows/examples/${name}.json`, 'utf8')))
}

/** The workflow with other values for some of its nodes. */
export function withValues(workflow: Workflow, values: Readonly<Record<string, object>>): Workflow {
  const nodes = Object.entries(workflow.nodes).map(([id, node]) => [
    id,
    { ...node, values: { ...node.values, ...values[id] } },
  ])
  return { ...workflow, nodes: Object.fromEntries(nodes) as Workflow['nodes'] }
}

export async function openEasel() {
  const model = await loadModel(`${root}test/fixtures/pipeline`, { device: 'cpu' })
  const registry = await loadRegistry(`${root}nodes`)

  async function paint(workflow: Workflow, cache: ResultCache) {
    const pictures: Image[] = []
    const services: Services = {
      findModel: async (id) => ({ id, hash: model.hash }),
      model: async () => model,
      loadPicture: () => Promise.reject(new Error('Cannot load a picture: the example has none')),
      savePicture: async (image) => {
        pictures.push(image)
        return { picture: '0'.repeat(64), width: image.width, height: image.height }
      },
    }
    const emit = () => undefined
    const result = await execute({ workflow, registry, cache, services, emit, checkMutation: true })
    expect(result.errors).toEqual([])
    return { picture: pictures[0], nodes: result.nodes }
  }

  return { paint, close: () => model.dispose() }
}
