/** The point of keys by value, with real nodes and a small random model: moving τ costs only the steps that differ. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { loadModel } from '#inference/model.ts'
import type { Image } from '#nodes/values.ts'
import { ResultCache } from '#server/engine/cache.ts'
import type { Services } from '#server/engine/engine.ts'
import { execute } from '#server/engine/execute.ts'
import { loadRegistry } from '#server/registry.ts'
import { workflowSchema, type Workflow } from '#workflows/format.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const example = workflowSchema.parse(
  JSON.parse(readFileSync(`${root}workflows/examples/text-box.json`, 'utf8')),
)
const model = await loadModel(`${root}test/fixtures/pipeline`, { device: 'cpu' })
const registry = await loadRegistry(`${root}nodes`)

afterAll(() => model.dispose())

/** The example with other values for some of its nodes. */
function withValues(values: Readonly<Record<string, object>>): Workflow {
  const nodes = Object.entries(example.nodes).map(([id, node]) => [
    id,
    { ...node, values: { ...node.values, ...values[id] } },
  ])
  return { ...example, nodes: Object.fromEntries(nodes) as Workflow['nodes'] }
}

const pictureless = () => Promise.reject(new Error('Cannot load a picture: the example has none'))

async function paint(workflow: Workflow, cache: ResultCache) {
  const pictures: Image[] = []
  const services: Services = {
    findModel: async (id) => ({ id, hash: model.hash }),
    model: async () => model,
    loadPicture: pictureless,
    savePicture: async (image) => {
      pictures.push(image)
      return { picture: '0'.repeat(64), width: image.width, height: image.height }
    },
  }
  const emit = () => undefined
  const result = await execute({ workflow, registry, cache, services, emit, checkMutation: true })
  expect(result.errors).toEqual([])
  return { picture: pictures[0], unet: result.nodes.get('unet') }
}

//  boxes ──► cutoff(τ) ──► unet ──► end ──► decode ──► save
test.each(['ddim', 'dpmpp-2m'])(
  'C2 after τ went from 0.3 to 0.5, %s steps 7 of 10 times and paints the same as afresh',
  async (sampler) => {
    const at = (tau: number) => withValues({ steps: { sampler, steps: 10 }, cutoff: { on: tau } })
    const cache = new ResultCache(64 * 2 ** 20)
    const before = await paint(at(0.3), cache)
    expect(before.unet).toMatchObject({ runs: 10, cachedRuns: 0 })
    const after = await paint(at(0.5), cache)
    expect(after.unet).toMatchObject({ runs: 7, cachedRuns: 3, why: 'grounding changed, from step 4' })
    const afresh = await paint(at(0.5), new ResultCache(0))
    expect(after.picture).toEqual(afresh.picture)
    expect(after.picture).not.toEqual(before.picture)
  },
)
