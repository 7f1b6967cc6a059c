import { expect, test } from 'vitest'
import { defineNode } from '#nodes/node.ts'
import { limits } from '#server/limits.ts'
import { ResultCache } from '#server/engine/cache.ts'
import { reasonsInWords, whyRan } from '#server/engine/why.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

//  two ──► sum ──► print
const addTwo = (plus: number) =>
  workflow({
    two: ['toy/number', { value: 2 }],
    sum: ['toy/add', { plus }, { a: 'two.value' }],
    print: ['toy/print', {}, { value: 'sum.sum' }],
  })

test('C1 a second run takes everything from the cache, except what has a side effect', async () => {
  const run = toyProcess()
  await run(addTwo(1))
  const { calls, result } = await run(addTwo(1))
  expect(calls).toEqual(['print 3'])
  expect(result.nodes.get('sum')).toEqual({
    state: 'finished',
    cached: true,
    ms: 0,
    runs: 0,
    cachedRuns: 1,
    why: 'nothing changed',
    reasons: [],
  })
})

test('C1 names, titles, positions and the order of the file do not matter', async () => {
  const run = toyProcess()
  await run(addTwo(1))
  const { calls } = await run({
    groundwork: 1,
    name: 'another name',
    nodes: {
      other: { type: 'toy/add', title: 'My sum', values: { plus: 1 }, inputs: { a: 'zwei.value' } },
      zwei: { type: 'toy/number', values: { value: 2 } },
    },
    view: { nodes: { other: [10, 20] } },
  })
  expect(calls).toEqual([])
})

//  two ──► sum       one ──► more ──► sum        1 + 1 is the same two
test('C1 it does not matter which node made a value', async () => {
  const run = toyProcess()
  await run(addTwo(1))
  const { calls } = await run(
    workflow({
      one: ['toy/number', { value: 1 }],
      more: ['toy/add', { plus: 1 }, { a: 'one.value' }],
      sum: ['toy/add', { plus: 1 }, { a: 'more.sum' }],
    }),
  )
  expect(calls).toEqual(['number 1', 'add 1 0 1'])
})

test('C1 a value that is the default and a value left out are the same', async () => {
  const run = toyProcess()
  await run(workflow({ n: ['toy/number', { value: 1 }] }))
  expect((await run(workflow({ n: ['toy/number'] }))).calls).toEqual([])
})

//  zero ──► count ──sum────────────► step ──► total
//             ├──index──► gate(τ) ───►│
//             └──index────────────────┘
const gated = (tau: number) =>
  workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times: 10 }, { sum: 'zero.value' }],
    gate: ['toy/gate', { tau }, { index: 'count.index' }],
    step: ['toy/step', {}, { sum: 'count.sum', open: 'gate.open', index: 'count.index' }],
    total: ['toy/total', {}, { sum: 'step.sum' }],
  })

test('C2 after τ went from 0.3 to 0.5 the steps before 0.3 come from the cache', async () => {
  const run = toyProcess()
  await run(gated(0.3))
  const { result, events } = await run(gated(0.5))
  expect(result.nodes.get('step')).toMatchObject({ cachedRuns: 3, runs: 7, why: 'open changed, from step 4' })
  expect(result.nodes.get('count')).toMatchObject({ cached: true })
  expect(events.filter((event) => event.kind === 'node-finished').map(({ node }) => node)).toEqual([
    'zero',
    'count',
    'gate',
    'step',
    'total',
  ])
})

test('C2 after a change of τ that lets nothing through, no step runs', async () => {
  const run = toyProcess()
  await run(gated(0.3))
  const { result } = await run(gated(0.29))
  expect(result.nodes.get('gate')).toMatchObject({ runs: 10, why: 'tau changed' })
  expect(result.nodes.get('step')).toMatchObject({ cachedRuns: 10, runs: 0 })
})

test('C2 going back to an earlier τ runs no step at all', async () => {
  const run = toyProcess()
  await run(gated(0.3))
  await run(gated(0.5))
  expect((await run(gated(0.3))).calls).toEqual([])
})

test('C1 a node of a new version runs again', async () => {
  const cache = new ResultCache(1e6)
  const drawer = toys()
  const graph = workflow({ n: ['toy/number'] })
  await toyProcess(drawer, cache)(graph)
  const newer = toys((log) => [
    { ...required(toys().registry.get('toy/number')), version: 2, run: () => (log('newer'), { value: 1 }) },
  ])
  expect((await toyProcess(newer, cache)(graph)).calls).toEqual(['newer'])
})

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Cannot go on: a toy is missing')
  return value
}

test('C4 a node with a side effect runs every time and says so', async () => {
  const run = toyProcess()
  await run(addTwo(1))
  const { result } = await run(addTwo(1))
  expect(result.nodes.get('print')).toMatchObject({ runs: 1, cached: false, why: 'side effect' })
})

test('C5 the cache drops what was not used for longest', () => {
  const cache = new ResultCache(300)
  const entry = { outputs: {}, traces: [] }
  for (const key of ['a', 'b', 'c']) cache.set(key, entry, 100)
  cache.get('a')
  cache.set('d', entry, 100)
  expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['a', 'c', 'd'])
  expect(cache.bytes).toBe(300)
})

test.each([
  [-1, 2],
  [0, 2],
  [1, 1],
])('C5 the cache holds as many bytes as it may: of the limit and %i, %i of two results', (more, kept) => {
  const cache = new ResultCache(limits.cacheBytes)
  const entry = { outputs: {}, traces: [] }
  cache.set('a', entry, 100)
  cache.set('b', entry, limits.cacheBytes - 100 + more)
  expect(cache.size).toBe(kept)
})

test('C5 a result larger than the whole cache is not kept and drops nothing', () => {
  const cache = new ResultCache(300)
  const entry = { outputs: {}, traces: [] }
  cache.set('a', entry, 100)
  cache.set('b', entry, 301)
  expect([cache.size, cache.bytes, cache.get('b')]).toEqual([1, 100, null])
})

test('C5 a run whose results do not fit still finishes', async () => {
  const run = toyProcess(toys(), new ResultCache(0))
  await run(addTwo(1))
  const { result, calls } = await run(addTwo(1))
  expect(calls).toEqual(['number 2', 'add 2 0 1', 'print 3'])
  expect(result.nodes.get('sum')).toMatchObject({ why: 'its result was no longer kept' })
})

test('C6 a node says why it ran', async () => {
  const run = toyProcess()
  expect((await run(addTwo(1))).result.nodes.get('sum')?.why).toBe('first run')
  expect((await run(addTwo(5))).result.nodes.get('sum')?.why).toBe('plus changed')
})

test('C6 up to three changes are named', () => {
  const parts = (text: string) => new Map(text.split(' ').map((part) => [part.slice(0, 1), part]))
  expect(reasonsInWords(whyRan(parts('a1 b1 c1 d1'), parts('a2 b2 c1 d1')))).toBe('a and b changed')
  expect(reasonsInWords(whyRan(parts('a1 b1 c1 d1'), parts('a2 b2 c2 d1')))).toBe('a, b and c changed')
  expect(reasonsInWords(whyRan(parts('a1 b1 c1 d1'), parts('a2 b2 c2 d2')))).toBe('4 of its inputs changed')
  expect(reasonsInWords(whyRan(parts('a1'), parts('a1 b1')))).toBe('b changed')
})

//  seven ──► paint ──► save
test('C7 a result from the cache shows again what its node showed', async () => {
  const run = toyProcess()
  const graph = workflow({
    seven: ['toy/number', { value: 7 }],
    paint: ['toy/paint', {}, { grey: 'seven.value' }],
  })
  const first = await run(graph)
  const again = await run(graph)
  expect(again.calls).toEqual([])
  expect(again.previews).toEqual(first.previews)
  expect(again.previews).toHaveLength(1)
  expect(again.result.values).toEqual(new Map([['paint', 'grey 7']]))
})

test('C8 a failure is not kept', async () => {
  const run = toyProcess()
  const graph = workflow({ bad: ['toy/fail'] })
  await run(graph)
  expect((await run(graph)).calls).toEqual(['fail -1'])
})

//  look ──► more        what is there to be seen changes between two runs
test('C9 a volatile node looks every time, and what takes its result runs when it sees something else', async () => {
  let there = 1
  const look = defineNode({
    type: 'toy/look',
    version: 1,
    title: 'Look',
    description: 'Gives what is there.',
    inputs: {},
    outputs: { seen: { type: 'Int', description: 'what is there' } },
    params: {},
    volatile: true,
    run: () => ({ seen: there }),
  })
  const run = toyProcess(toys(() => [look]))
  const file = workflow({ look: ['toy/look', {}], more: ['toy/add', { plus: 1 }, { a: 'look.seen' }] })
  await run(file)
  const same = await run(file)
  expect(same.calls).toEqual([])
  expect(same.result.nodes.get('look')).toMatchObject({ runs: 1, why: 'looks anew every time' })
  there = 2
  expect((await run(file)).calls).toEqual(['add 2 0 1'])
})
