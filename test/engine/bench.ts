/**
 * What the engine costs: `npm run bench:engine`, with `-- --json` for programs. Trivial nodes tell what a node costs that
 * does nothing; the example `text-box` with the default model tells what an edit of τ and what previews cost.
 */
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { loadModel } from '#inference/model.ts'
import { ResultCache } from '#server/engine/cache.ts'
import type { ExecuteOptions, RunResult, Services } from '#server/engine/engine.ts'
import { execute } from '#server/engine/execute.ts'
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import { encodePreview } from '#server/runner/encode-preview.ts'
import { costFaults } from '#workflows/cost.ts'
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { noServices, toyProcess } from '../helpers/run-toy.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

type Line = Parameters<typeof workflow>[0][string]

/** n0 ──► n1 ──► … */
function chain(length: number): Workflow {
  const nodes: Record<string, Line> = { n0: ['toy/number'] }
  for (let i = 1; i < length; i++)
    nodes[`n${i}`] = ['toy/add', { plus: i }, { a: i === 1 ? 'n0.value' : `n${i - 1}.sum` }]
  return workflow(nodes)
}

/** Layers of two, in which everything feeds everything: 2^layers paths. */
function diamond(layers: number): Workflow {
  const nodes: Record<string, Line> = { l0a: ['toy/number'], l0b: ['toy/number', { value: 2 }] }
  const from = (layer: number, side: string) => `l${layer}${side}.${layer === 0 ? 'value' : 'sum'}`
  for (let i = 1; i < layers; i++)
    for (const side of 'ab')
      nodes[`l${i}${side}`] = ['toy/add', { plus: 1 }, { a: from(i - 1, 'a'), b: from(i - 1, 'b') }]
  return workflow(nodes)
}

function loop(times: number): Workflow {
  return workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times }, { sum: 'zero.value' }],
    gate: ['toy/gate', {}, { index: 'count.index' }],
    add: ['toy/add', {}, { a: 'count.sum', b: 'gate.open' }],
    total: ['toy/total', {}, { sum: 'add.sum' }],
  })
}

/** Processor time: on a busy machine the clock says little about the engine. */
async function cpuMs(action: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

async function clockMs(action: () => unknown): Promise<number> {
  const begin = performance.now()
  await action()
  return performance.now() - begin
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

/** The median of several measurements, each of an action made anew. */
async function typical(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let i = 0; i < times; i++) values.push(await measure())
  return median(values)
}

async function trivialNodes(): Promise<Figure[]> {
  const length = 2000
  const long = chain(length)
  const fresh = () => toyProcess(toys(), new ResultCache(1e8))
  await fresh()(long)
  const first = await typical(5, () => cpuMs(() => fresh()(long)))
  const warm = fresh()
  await warm(long)
  const cached = await typical(5, () => cpuMs(() => warm(long)))
  const clock = await typical(5, () => clockMs(() => fresh()(long)))
  const steps = await typical(5, () => cpuMs(() => fresh()(loop(1000))))
  const layers = await typical(5, () => clockMs(() => fresh()(diamond(40))))
  const huge = chain(100_000)
  const { registry } = toys()
  const plan = await typical(3, () => cpuMs(() => planWorkflow(huge, registry)))
  const large = chain(4000)
  const judged = await typical(3, () => cpuMs(() => validateWorkflow(large, toyCatalogue)))
  return [
    { name: 'trivial node, first run', value: (first / length) * 1000, unit: 'µs of processor' },
    { name: 'trivial node, from the cache', value: (cached / length) * 1000, unit: 'µs of processor' },
    { name: 'trivial node in a loop of 1,000 steps', value: (steps / 2000) * 1000, unit: 'µs of processor' },
    { name: 'chain of 2,000 nodes, first run', value: clock, unit: 'ms' },
    { name: 'diamond of 40 layers, first run', value: layers, unit: 'ms' },
    {
      name: 'plan of a chain of 100,000 nodes, per node',
      value: (plan / 100_000) * 1000,
      unit: 'µs of processor',
    },
    { name: 'validation of 4,000 nodes, per node', value: (judged / 4000) * 1000, unit: 'µs of processor' },
    {
      name: 'judging the example text-box put together to 3,000 nodes',
      value: await judging(3000),
      unit: 'ms of processor, for which the server answers nobody',
    },
  ]
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The example with another τ, and another seed for a run that finds nothing in the cache. */
function exampleAt(tau: number): Workflow {
  const file = readFileSync(`${root}workflows/examples/text-box.json`, 'utf8')
  const example = workflowSchema.parse(JSON.parse(file))
  const { cutoff, ...nodes } = example.nodes
  if (!cutoff) throw new Error('Cannot measure: the example text-box has no node cutoff')
  return { ...example, nodes: { ...nodes, cutoff: { ...cutoff, values: { ...cutoff.values, on: tau } } } }
}

/** Validation and the estimate of the cost, once everything is compiled. */
async function judging(count: number): Promise<number> {
  const catalogue = catalogueOf(await loadRegistry(`${root}nodes`), {
    models: ['emoji-world'],
    adapters: ['auto'],
  })
  const example = exampleAt(0.3)
  const copies = Math.ceil(count / Object.keys(example.nodes).length)
  const nodes = Array.from({ length: copies }, (_, copy) =>
    Object.entries(example.nodes).map(([id, { inputs = {}, ...node }]) => {
      const links = Object.entries(inputs).map(([input, source]) => [input, `c${copy}_${source}`])
      return [
        `c${copy}_${id}`,
        { ...node, inputs: Object.fromEntries(links) as Record<string, string> },
      ] as const
    }),
  )
  const file: unknown = { groundwork: 1, nodes: Object.fromEntries(nodes.flat()) }
  const facts = { trainedSide: 512, picturePixels: 4096 * 4096 }
  return typical(9, () =>
    cpuMs(() => {
      const { workflow, faults, plan } = validateWorkflow(file, catalogue)
      if (!workflow || faults.length > 0) throw new Error('Cannot measure: the example text-box has faults')
      costFaults(workflow, catalogue, facts, { known: plan })
    }),
  )
}

async function realNodes(): Promise<Figure[]> {
  const model = await loadModel(`${root}models/emoji-world`, { device: 'cpu' })
  const registry = await loadRegistry(`${root}nodes`)
  const services: Services = {
    ...noServices,
    findModel: async (id) => ({ id, hash: model.hash }),
    model: async () => model,
  }
  const run = async (
    tau: number,
    cache: ResultCache,
    more: Partial<ExecuteOptions> = {},
  ): Promise<RunResult> => {
    const emit = () => undefined
    const result = await execute({ workflow: exampleAt(tau), registry, cache, services, emit, ...more })
    const [error] = result.errors
    if (error) throw error
    return result
  }
  let drawn = 0
  const emitPreview: ExecuteOptions['emitPreview'] = async (_, image) => {
    drawn++
    await encodePreview(image)
  }
  const plain = new ResultCache(0)
  // The first run opens the sessions, preview decoder included.
  await run(0.3, plain, { emitPreview })
  const cache = new ResultCache(2 ** 28)
  const whole = await cpuMs(() => run(0.3, cache))
  const before = process.cpuUsage()
  const steps = (await run(0.5, cache)).nodes.get('unet')
  const { user, system } = process.cpuUsage(before)
  const bare: number[] = []
  const watched: number[] = []
  // By turns, so that whatever else the machine does disturbs both alike.
  for (let i = 0; i < 5; i++) {
    bare.push(await cpuMs(() => run(0.3, plain)))
    drawn = 0
    watched.push(await cpuMs(() => run(0.3, plain, { emitPreview })))
  }
  await model.dispose()
  const total = (steps?.runs ?? 0) + (steps?.cachedRuns ?? 0)
  return [
    {
      name: `steps of ${total} that run again after τ went from 0.3 to 0.5`,
      value: steps?.runs ?? NaN,
      unit: 'steps',
    },
    { name: 'the whole run, model loaded', value: whole, unit: 'ms of processor' },
    { name: 'the run after the edit of τ', value: (user + system) / 1000, unit: 'ms of processor' },
    { name: 'previews drawn in a run that is watched', value: drawn, unit: '' },
    { name: 'previews, share of the run', value: (1 - median(bare) / median(watched)) * 100, unit: '%' },
  ]
}

const figures = [...(await trivialNodes()), ...(await realNodes())]
if (process.argv.includes('--json')) console.log(JSON.stringify(figures, null, 2))
else {
  const width = Math.max(...figures.map(({ name }) => name.length))
  for (const { name, value, unit } of figures)
    console.log(`${name.padEnd(width)}  ${value.toFixed(1).padStart(9)}  ${unit}`)
}
