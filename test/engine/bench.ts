/**
 * What the engine itself costs per node: `npx tsx test/engine/bench.ts`. Prints microseconds for a chain of nodes that
 * do nothing, the first time and from the cache, and for a body of such nodes inside a loop.
 */
import { performance } from 'node:perf_hooks'
import { ResultCache } from '#server/engine/cache.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

type Line = Parameters<typeof workflow>[0][string]

function chain(length: number) {
  const nodes: Record<string, Line> = { n0: ['toy/number'] }
  for (let i = 1; i < length; i++)
    nodes[`n${i}`] = ['toy/add', { plus: i }, { a: i === 1 ? 'n0.value' : `n${i - 1}.sum` }]
  return workflow(nodes)
}

function loop(times: number) {
  return workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times }, { sum: 'zero.value' }],
    gate: ['toy/gate', {}, { index: 'count.index' }],
    add: ['toy/add', {}, { a: 'count.sum', b: 'gate.open' }],
    total: ['toy/total', {}, { sum: 'add.sum' }],
  })
}

/** Processor time beside the time on the clock: on a busy machine only the first says something about the engine. */
async function measure(title: string, nodes: number, action: () => unknown): Promise<void> {
  const before = process.cpuUsage()
  const begin = performance.now()
  await action()
  const ms = performance.now() - begin
  const { user, system } = process.cpuUsage(before)
  console.log(
    `${title}: ${((user + system) / nodes).toFixed(1)} µs of processor per node, ${ms.toFixed(0)} ms`,
  )
}

const run = toyProcess(toys(), new ResultCache(1e8))
await run(chain(50))
for (const length of [900, 2000]) {
  const long = chain(length)
  await measure(`chain of ${length}, first run`, length, () => run(long))
  await measure(`chain of ${length}, from the cache`, length, () => run(long))
}
await measure('loop of 1000 steps with 2 nodes, first run', 2000, () => run(loop(1000)))
await measure('loop of 1000 steps with 2 nodes, from the cache', 2000, () => run(loop(1000)))
const long = chain(100_000)
await measure('plan of a chain of 100,000', 100_000, () => planWorkflow(long, toys().registry))
const wide = chain(1000)
await measure('validation of a chain of 1000', 1000, () => validateWorkflow(wide, toyCatalogue))
