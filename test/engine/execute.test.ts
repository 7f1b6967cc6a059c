import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineNode } from '#nodes/node.ts'
import { seed } from '#nodes/seed.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

const Int = { type: 'Int', description: 'a number' } as const

test('V6 a workflow with a ring or an unknown type is not run', async () => {
  const run = toyProcess()
  const ring = workflow({ a: ['toy/add', {}, { a: 'b.sum' }], b: ['toy/add', {}, { a: 'a.sum' }] })
  await expect(run(ring)).rejects.toThrow(
    'Cannot run the workflow: Nodes wait for each other in a ring: a → b → a',
  )
  const unknown = workflow({ one: ['toy/number'], odd: ['toy/unheard', {}, { a: 'one.value' }] })
  await expect(run(unknown)).rejects.toThrow(
    "Cannot run the workflow: no node has the type of 'odd' (toy/unheard)",
  )
})

//  one ──► half(101)
test('V7 a value that its parameter refuses is found before anything runs', async () => {
  const graph = workflow({
    slow: ['toy/number'],
    half: ['toy/half', { of: 101 }],
    low: ['toy/half', { of: -1 }],
  })
  const { calls, result } = await toyProcess()(graph)
  expect(calls).toEqual([])
  expect(result.ok).toBe(false)
  expect(result.errors.map(({ message }) => message)).toEqual([
    "Cannot run node 'half' (Half): parameter 'of' cannot be used: Too big: expected number to be <=100",
    "Cannot run node 'low' (Half): parameter 'of' cannot be used: Too small: expected number to be >=0",
  ])
})

//  three ──of──► half
test('X1 a linked parameter takes what arrives, and an Int may feed a Float', async () => {
  const { calls } = await toyProcess()(
    workflow({ three: ['toy/number', { value: 3 }], half: ['toy/half', { of: 50 }, { of: 'three.value' }] }),
  )
  expect(calls).toEqual(['number 3', 'half 3'])
})

test('X1 what arrives at a parameter must satisfy its schema', async () => {
  const { result } = await toyProcess()(
    workflow({ big: ['toy/number', { value: 300 }], half: ['toy/half', {}, { of: 'big.value' }] }),
  )
  expect(result.errors[0]?.summary).toBe(
    "Cannot run node 'half' (Half): parameter 'of' cannot be used: Too big: expected number to be <=100",
  )
})

test('X1 a number that arrives at a seed becomes the exact seed', async () => {
  const drawer = toys((log) => [
    defineNode({
      type: 'toy/seeded',
      version: 1,
      title: 'Seeded',
      description: 'Logs a seed.',
      inputs: {},
      outputs: {},
      params: { seed: seed.meta({ widget: 'seed' }) },
      run({ seed }) {
        log(`${typeof seed} ${seed}`)
        return {}
      },
    }),
  ])
  const { calls } = await toyProcess(drawer)(
    workflow({
      n: ['toy/number', { value: 7 }],
      a: ['toy/seeded', {}, { seed: 'n.value' }],
      b: ['toy/seeded', { seed: '18446744073709551615' }],
    }),
  )
  expect(calls.slice().sort()).toEqual(['bigint 18446744073709551615', 'bigint 7', 'number 7'])
})

test('X1 an optional input without a link arrives as nothing', async () => {
  const { calls } = await toyProcess()(
    workflow({ n: ['toy/number'], sum: ['toy/add', {}, { a: 'n.value' }] }),
  )
  expect(calls.at(-1)).toBe('add 1 0 0')
})

const giver = (given: unknown) =>
  toys(() => [
    {
      type: 'toy/give',
      version: 1,
      title: 'Give',
      description: 'Gives what it should not.',
      inputs: {},
      outputs: { count: Int, words: { type: 'Text', description: 'a text' } },
      params: {},
      run: () => given as Record<string, unknown>,
    },
  ])

test.each([
  [{ count: 1 }, "it gave no 'words', which it declares"],
  [{ count: 1.5, words: 'x' }, "its output 'count' must be Int, is 1.5"],
  [{ count: 1, words: 2 }, "its output 'words' must be Text, is 2"],
  [{ count: 1, words: 'x', more: 3 }, "it gave 'more', which it does not declare"],
  [null, 'it gave null in place of its outputs'],
])('X2 a node that gives %o fails', async (given, reason) => {
  const { result } = await toyProcess(giver(given))(workflow({ give: ['toy/give'] }))
  expect(result.errors[0]?.message).toBe(`Cannot run node 'give' (Give): ${reason}`)
})

test('X2 a loop start must give a list', async () => {
  const drawer = toys(() => [
    {
      type: 'toy/count',
      version: 1,
      title: 'Count',
      description: 'Gives one number in place of a list.',
      inputs: { sum: Int },
      outputs: { index: Int, sum: Int },
      params: {},
      loop: { role: 'start', each: 'index' },
      run: () => ({ index: 3, sum: 0 }),
    },
  ])
  const { result } = await toyProcess(drawer)(
    workflow({
      zero: ['toy/number', { value: 0 }],
      count: ['toy/count', {}, { sum: 'zero.value' }],
      add: ['toy/add', {}, { a: 'count.sum', b: 'count.index' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
    }),
  )
  expect(result.errors[0]?.summary).toBe(
    "Cannot run node 'count' (Count): its output 'index' must be a list, one Int per iteration, is 3",
  )
  expect(result.nodes.get('add')).toMatchObject({ state: 'skipped', because: 'count' })
  expect(result.nodes.get('total')).toMatchObject({ state: 'skipped', because: 'count' })
})

/** A node that cancels its own run when it gets a number, and then fails. */
const canceller = (signal: { aborted: boolean }, at: number) =>
  toys((log) => [
    defineNode({
      type: 'toy/cancel',
      version: 1,
      title: 'Cancel',
      description: 'Cancels the run.',
      inputs: { a: Int },
      outputs: { sum: Int },
      params: { throws: z.boolean().default(false) },
      run({ a, throws }) {
        log(`cancel ${a}`)
        signal.aborted = a === at
        if (throws && signal.aborted) throw new Error('Cannot go on: the run was cancelled')
        return { sum: a }
      },
    }),
  ])

//  zero ──► count ──index──► cancel ──► add ──► total
const cancelling = (throws: boolean) =>
  workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times: 9 }, { sum: 'zero.value' }],
    cancel: ['toy/cancel', { throws }, { a: 'count.index' }],
    add: ['toy/add', {}, { a: 'count.sum', b: 'cancel.sum' }],
    total: ['toy/total', {}, { sum: 'add.sum' }],
  })

test('X3 a cancelled run stops before the next node, and what finished stays in the cache', async () => {
  const signal = { aborted: false }
  const run = toyProcess(canceller(signal, 2))
  const { result, calls, events } = await run(cancelling(false), { signal })
  expect(result).toMatchObject({ ok: false, cancelled: true, errors: [] })
  expect(calls.at(-1)).toBe('cancel 2')
  expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(2)
  expect(result.nodes.get('add')).toMatchObject({ state: 'cancelled', runs: 2 })
  const again = await run(cancelling(false))
  expect(again.calls.slice(0, 2)).toEqual(['add 1 2 0', 'cancel 3'])
})

test('X4 what a node throws after the run was cancelled is no failure', async () => {
  const signal = { aborted: false }
  const { result } = await toyProcess(canceller(signal, 2))(cancelling(true), { signal })
  expect(result).toMatchObject({ cancelled: true, errors: [] })
  expect(result.nodes.get('cancel')).toMatchObject({ state: 'cancelled' })
})

test('X5 a node that changes what it received is caught', async () => {
  const picture = { type: 'Image', description: 'a picture' } as const
  const drawer = toys(() => [
    defineNode({
      type: 'toy/spoil',
      version: 1,
      title: 'Spoil',
      description: 'Blackens the picture that it shares with others.',
      inputs: { image: picture },
      outputs: { image: picture },
      params: {},
      run({ image }) {
        image.data.fill(0)
        return { image }
      },
    }),
  ])
  const graph = workflow({
    grey: ['toy/number', { value: 1 }],
    paint: ['toy/paint', {}, { grey: 'grey.value' }],
    spoil: ['toy/spoil', {}, { image: 'paint.image' }],
  })
  const { result } = await toyProcess(drawer)(graph, { checkMutation: true })
  expect(result.errors[0]?.summary).toBe(
    "Cannot run node 'spoil' (Spoil): it changed image, which other nodes share; it must work on a copy",
  )
})

//  n0 ──► n1 ──► … ──► n99        the clock of this test moves 1 ms whenever somebody looks at it
test('X6 a long run lets other work through', async () => {
  const nodes: Record<string, Parameters<typeof workflow>[0][string]> = { n0: ['toy/number'] }
  for (let i = 1; i < 100; i++)
    nodes[`n${i}`] = ['toy/add', {}, { a: i === 1 ? 'n0.value' : `n${i - 1}.sum` }]
  let time = 0
  const signal = { aborted: false }
  const running = toyProcess()(workflow(nodes), { signal, now: () => time++ })
  await setImmediate()
  signal.aborted = true
  const { result } = await running
  expect(result.cancelled).toBe(true)
  expect(result.nodes.size).toBeLessThan(20)
})

test('X7 a node starts once and finishes once, also inside a loop', async () => {
  const { order } = await toyProcess()(
    workflow({
      zero: ['toy/number', { value: 0 }],
      count: ['toy/count', { times: 2 }, { sum: 'zero.value' }],
      add: ['toy/add', { plus: 1 }, { a: 'count.sum' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
      print: ['toy/print', {}, { value: 'total.sum' }],
    }),
  )
  expect(order).toEqual([
    'node-started zero',
    'node-finished zero',
    'node-started count',
    'node-finished count',
    'node-started add',
    'step 0',
    'step 1',
    'node-finished add',
    'node-started total',
    'node-finished total',
    'node-started print',
    'value print',
    'node-finished print',
  ])
})

//  one ──► sum ──► print     other ──► alone
test('O2 only the targets run, and what they need', async () => {
  const graph = workflow({
    one: ['toy/number', { value: 1 }],
    sum: ['toy/add', {}, { a: 'one.value' }],
    print: ['toy/print', {}, { value: 'sum.sum' }],
    other: ['toy/number', { value: 9 }],
    alone: ['toy/add', {}, { a: 'other.value' }],
  })
  expect((await toyProcess()(graph, { targets: ['sum'] })).calls).toEqual(['number 1', 'add 1 0 0'])
  expect((await toyProcess()(graph)).calls).toEqual(['number 1', 'add 1 0 0', 'print 1'])
})

// zero → count → add → total → print, with two iterations
test('X10 every call of the code of a node is told when it begins and when it ends, also where it throws', async () => {
  const told: string[] = []
  const onCall = (node: string) => {
    told.push(`${node} begins`)
    return () => void told.push(`${node} ends`)
  }
  await toyProcess()(
    workflow({
      zero: ['toy/number', { value: 0 }],
      count: ['toy/count', { times: 2 }, { sum: 'zero.value' }],
      add: ['toy/add', { plus: 1 }, { a: 'count.sum' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
      fail: ['toy/fail', {}, { value: 'total.sum' }],
    }),
    { onCall },
  )
  const calls = ['zero', 'count', 'add', 'add', 'total', 'fail']
  expect(told).toEqual(calls.flatMap((node) => [`${node} begins`, `${node} ends`]))
})
