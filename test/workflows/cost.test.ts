import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Model } from '#inference/model.ts'
import { readSchedulerConfig } from '#inference/samplers/scheduler-config.ts'
import { tensor } from '#inference/tensor.ts'
import type { Catalogue } from '#nodes/node-info.ts'
import type { AnyNode } from '#nodes/node.ts'
import { ResultCache } from '#server/engine/cache.ts'
import type { Registry, Services } from '#server/engine/engine.ts'
import { execute } from '#server/engine/execute.ts'
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import { costFaults, estimateCost } from '#workflows/cost.ts'
import type { Sweep, Workflow } from '#workflows/format.ts'
import { limits } from '#workflows/limits.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { workflow } from '../helpers/workflow.ts'

const nodesDir = fileURLToPath(new URL('../../nodes', import.meta.url))
const facts = { trainedSide: 64, picturePixels: 64 * 64 }

let registry: Registry
let catalogue: Catalogue

beforeAll(async () => {
  registry = await loadRegistry(nodesDir)
  catalogue = catalogueOf(registry, { models: ['toy'], adapters: [] })
})

function costOf(file: Workflow, cells = 1) {
  const { plan } = planWorkflow(file, registry)
  if (!plan) throw new Error('the workflow of this test has a fault')
  return estimateCost(plan, catalogue, cells, facts)
}

/** A picture from noise, beside one that was loaded and resized. */
function painting(values: {
  readonly [name in 'width' | 'height' | 'steps' | 'across' | 'down']: number
}): Workflow {
  const { width, height, steps, across, down } = values
  const step = { model: 'm.model', step: 's.step', latent: 's.latent', positive: 't.conditioning' }
  return workflow({
    m: ['model/load'],
    t: ['text/encode', {}, { model: 'm.model' }],
    n: ['latent/noise', { width, height }, { model: 'm.model' }],
    s: ['sampling/steps', { steps }, { model: 'm.model', noise: 'n.latent' }],
    u: ['sampling/gated-unet-step', { guidance: 1 }, { ...step, negative: 't.conditioning' }],
    e: ['sampling/end-steps', {}, { latent: 'u.latent' }],
    d: ['vae/decode', {}, { model: 'm.model', latent: 'e.latent' }],
    show: ['image/preview', {}, { image: 'd.image' }],
    l: ['image/load', { picture: 'a'.repeat(64) }],
    r: ['image/resize', { width: across, height: down }, { image: 'l.image' }],
    keep: ['image/save', {}, { image: 'r.image' }],
  })
}

/** A model that is asked for nothing but shapes. */
const model = {
  schedulerConfig: readSchedulerConfig('test', {}),
  limits: { inChannels: 4, latentChannels: 4, sampleSize: [8, 8], vaeScale: 8 },
  encodeTexts: async () => [{ context: tensor(new Float32Array(4), [1, 1, 4]), truncated: '' }],
  denoise: async ({ sample }: { sample: { data: Float32Array; shape: number[] } }) => [
    tensor(new Float32Array(sample.data.length), sample.shape),
  ],
  async decodeLatent({ shape: [, , h = 0, w = 0] }: { shape: number[] }) {
    return tensor(new Float32Array(3 * h * w * 64), [1, 3, h * 8, w * 8])
  },
} as unknown as Model

/** Runs it, and counts what its nodes truly gave: bytes of all typed arrays, and pixels at every run of a node. */
async function spend(file: Workflow, loaded: { width: number; height: number }) {
  let work = 0
  /** Of each node the most that one run of it gave: in a loop that takes the place of what it gave before. */
  const bytes = new Map<string, number>()
  const measured = [...registry].map(([type, node]): [string, AnyNode] => [
    type,
    {
      ...node,
      async run(values, context) {
        const outputs = await node.run(values, context)
        const given = Object.values(outputs)
        const total = given.map(bytesIn).reduce((sum, part) => sum + part, 0)
        bytes.set(type, Math.max(total, bytes.get(type) ?? 0))
        work += Math.max(0, ...given.map(pixelsOf))
        return outputs
      },
    },
  ])
  const services: Services = {
    findModel: async (id) => ({ id, hash: 'a'.repeat(64) }),
    model: async () => model,
    loadPicture: async () => ({ ...loaded, data: new Float32Array(loaded.width * loaded.height * 3) }),
    savePicture: async ({ width, height }) => ({ picture: 'f'.repeat(64), width, height }),
  }
  const result = await execute({
    ...{ workflow: file, registry: new Map(measured), cache: new ResultCache(0), services },
    emit: () => undefined,
  })
  if (!result.ok) throw new Error(result.errors.map(({ summary }) => summary).join())
  return { work, bytes: [...bytes.values()].reduce((sum, part) => sum + part, 0) }
}

interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

const isPicture = (value: object): value is Picture => 'width' in value && 'height' in value

function bytesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (ArrayBuffer.isView(value)) return value.byteLength
  return 'samples' in value || isPicture(value)
    ? Object.values(value)
        .map(bytesIn)
        .reduce((sum, bytes) => sum + bytes, 0)
    : 'data' in value
      ? bytesIn(value.data)
      : 0
}

function pixelsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (isPicture(value)) return value.width * value.height
  if (!('samples' in value)) return 0
  const [, , h = 0, w = 0] = (value.samples as { shape: number[] }).shape
  return h * w * 64
}

describe('the estimate of a run', () => {
  test('is never below what its nodes truly fill and do', async () => {
    const side = fc.integer({ min: 0, max: 6 }).map((eighths) => eighths * 8)
    const pixels = fc.integer({ min: 1, max: 64 })
    const sizes = fc.record({
      width: side,
      height: side,
      steps: fc.integer({ min: 1, max: 6 }),
      across: pixels,
      down: pixels,
    })
    await fc.assert(
      fc.asyncProperty(sizes, fc.record({ width: pixels, height: pixels }), async (values, loaded) => {
        const file = painting(values)
        const spent = await spend(file, loaded)
        const { bytes, work } = costOf(file)
        expect(spent.work).toBeGreaterThan(0)
        expect(work).toBeGreaterThanOrEqual(spent.work)
        expect(bytes).toBeGreaterThanOrEqual(spent.bytes)
      }),
      { numRuns: 40 },
    )
  })

  test('grows with steps, sides and cells', () => {
    const small = { width: 64, height: 64, steps: 10, across: 8, down: 8 }
    const { work, bytes } = costOf(painting(small))
    expect(costOf(painting({ ...small, steps: 20 })).work).toBeGreaterThan(work * 1.5)
    expect(costOf(painting({ ...small, width: 128 })).bytes).toBeGreaterThan(bytes * 1.5)
    expect(costOf(painting(small), 64).work).toBe(work * 64)
    expect(costOf(painting({ ...small, width: 0, height: 0 })).work).toBe(work)
  })

  test('ends at 2^53 − 1 whatever is asked for, and is a number', () => {
    const amount = fc.oneof(fc.nat(), fc.constantFrom(Infinity, NaN, 1e308, -1, -0, '9', null))
    fc.assert(
      fc.property(amount, amount, fc.constantFrom(1, 64, 1e308, Infinity), (width, steps, cells) => {
        const { work, bytes } = costOf(
          painting({ width, height: 8, steps, across: 8, down: 8 } as never),
          cells,
        )
        for (const value of [work, bytes]) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('takes the most of a size that a link brings', () => {
    const linked = (inputs: Record<string, string>) =>
      workflow({
        i: ['constant/int', { value: 8 }],
        l: ['image/load'],
        r: ['image/resize', { width: 8, height: 8 }, { image: 'l.image', ...inputs }],
        p: ['image/preview', {}, { image: 'r.image' }],
      })
    expect(costOf(linked({ width: 'i.value', height: 'i.value' })).work).toBeGreaterThan(4096 * 4096)
    expect(costOf(linked({})).work).toBeLessThan(3 * 64 * 64)
  })

  test('sees the size parameters of every node', () => {
    const names = ['width', 'height', 'side', 'size', 'steps', 'count', 'times', 'repeat']
    const blind = Object.values(catalogue).flatMap(({ type, params }) =>
      Object.entries(params)
        .filter(([name, { widget, measures }]) => widget === 'int' && names.includes(name) && !measures)
        .map(([name]) => `${type}.${name}`),
    )
    expect(blind).toEqual([])
    const measured = Object.values(catalogue).flatMap(({ params }) => Object.values(params))
    expect(measured.filter(({ measures, max }) => measures && max === undefined)).toEqual([])
  })
})

describe('a run that asks for too much', () => {
  const refused = (file: Workflow) =>
    costFaults(file, catalogue, facts).map(({ code, message }) => `${code} ${message}`)

  /** A resize of 1 × 1 pixels, then as many nodes as given, each of 4096 × 4096. */
  const chain = (count: number) =>
    workflow(
      Object.fromEntries(
        Array.from({ length: count + 1 }, (_, i) => [
          `r${i}`,
          i === 0
            ? ['image/load']
            : ['image/resize', { width: 4096, height: 4096 }, { image: `r${i - 1}.image` }],
        ]),
      ) as never,
    )

  test('is refused just beyond the bound of memory, with a sentence', () => {
    const loaded = 64 * 64 * 12
    const most = Math.floor((limits.valueBytes - loaded) / (4096 * 4096 * 12))
    expect(refused(chain(most))).toEqual([])
    expect(refused(chain(most + 1))).toEqual([
      'too-costly Cannot run the workflow: its values take 1.1 times the memory that one run may fill; ' +
        'make pictures smaller, or take fewer steps, nodes or cells',
    ])
  })

  const swept = (...axes: Sweep['axes']) => ({
    ...painting({ width: 4096, height: 4096, steps: 10, across: 8, down: 8 }),
    sweep: { axes },
  })

  test('is refused for the work of all cells of a sweep, wherever the dearest stands', () => {
    const seeds = { at: 'n.seed', values: Array.from({ length: 8 }, (_, i) => i) }
    expect(refused(swept(seeds))).toEqual([])
    expect(refused(swept(seeds, { at: 's.steps', values: [1, 1000, 2] }))[0]).toMatch(
      /the work that one run may ask for/,
    )
    expect(refused(swept(seeds, { at: 's.steps', values: [1, 2, 3] }))).toEqual([])
  })

  test('is judged by the targets that are asked for', () => {
    const file = swept({ at: 's.steps', values: [1000, 999, 998, 997] })
    expect(costFaults(file, catalogue, facts, { targets: ['show'] })).toHaveLength(1)
    expect(costFaults(file, catalogue, facts, { targets: ['keep'] })).toEqual([])
  })

  test('leaves one with other faults to the validation', () => {
    expect(refused(workflow({ a: ['image/resize', {}, { image: 'a.image' }] }))).toEqual([])
  })
})
