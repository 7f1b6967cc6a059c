import { expect, test } from 'vitest'
import { toyProcess } from '../helpers/run-toy.ts'
import { workflow } from '../helpers/workflow.ts'

//  zero ──► count ──sum────────► add ──► total ──► print
//             └──index──► gate ──┘
const sumOf = (times: number, tau = 0.3) =>
  workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times }, { sum: 'zero.value' }],
    gate: ['toy/gate', { tau }, { index: 'count.index' }],
    add: ['toy/add', { plus: 10 }, { a: 'count.sum', b: 'gate.open' }],
    total: ['toy/total', {}, { sum: 'add.sum' }],
    print: ['toy/print', {}, { value: 'total.sum' }],
  })

test('L1 L2 L3 a loop runs its start and end once, its body per iteration, and carries the sum', async () => {
  const { calls, result } = await toyProcess()(sumOf(4))
  expect(calls).toEqual([
    'number 0',
    'count 4',
    'gate 0',
    'add 0 1 10',
    'gate 1',
    'add 11 1 10',
    'gate 2',
    'add 22 1 10',
    'gate 3',
    'add 33 0 10',
    'total 43',
    'print 43',
  ])
  expect(result.ok).toBe(true)
  expect(result.values.get('print')).toBe('43')
})

test('L4 a loop without iterations gives its first values to its end', async () => {
  const { calls, result, events } = await toyProcess()(sumOf(0))
  expect(calls).toEqual(['number 0', 'count 0', 'total 0', 'print 0'])
  expect(events.filter(({ kind }) => kind === 'step')).toEqual([])
  expect(result.nodes.get('add')).toMatchObject({ state: 'finished', runs: 0, cached: false })
})

//  zero ──► count ──sum──► add ──► total ──► after
//  five ──────────────────► ┘
test('L5 what does not depend on the iteration runs once', async () => {
  const { calls } = await toyProcess()(
    workflow({
      after: ['toy/add', {}, { a: 'total.sum' }],
      zero: ['toy/number', { value: 0 }],
      count: ['toy/count', { times: 3 }, { sum: 'zero.value' }],
      add: ['toy/add', {}, { a: 'count.sum', b: 'five.value' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
      five: ['toy/number', { value: 5 }],
    }),
  )
  expect(calls.filter((call) => call === 'number 5')).toHaveLength(1)
  expect(calls.slice(-2)).toEqual(['total 15', 'add 15 0 0'])
})

//  zero ──► first ──► add ──► half ──► second ──► more ──► all
test('L6 loops follow one another', async () => {
  const { calls } = await toyProcess()(
    workflow({
      zero: ['toy/number', { value: 0 }],
      first: ['toy/count', { times: 2 }, { sum: 'zero.value' }],
      add: ['toy/add', { plus: 1 }, { a: 'first.sum' }],
      half: ['toy/total', {}, { sum: 'add.sum' }],
      second: ['toy/count', { times: 2 }, { sum: 'half.sum' }],
      more: ['toy/add', { plus: 10 }, { a: 'second.sum' }],
      all: ['toy/total', {}, { sum: 'more.sum' }],
    }),
  )
  expect(calls.at(-1)).toBe('total 22')
})

//  zero ──► count ──sum──► add ──► total
//             └──index──► print
test('L8 a node inside a loop that leads nowhere runs in every iteration', async () => {
  const run = toyProcess()
  const graph = workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times: 3 }, { sum: 'zero.value' }],
    add: ['toy/add', { plus: 1 }, { a: 'count.sum' }],
    total: ['toy/total', {}, { sum: 'add.sum' }],
    print: ['toy/print', {}, { value: 'count.index' }],
  })
  const { calls, result } = await run(graph)
  expect(calls.filter((call) => call.startsWith('print'))).toEqual(['print 0', 'print 1', 'print 2'])
  expect(result.nodes.get('total')).toMatchObject({ state: 'finished' })
})

test('L10 every iteration ends with one step event, cached when nothing in it ran', async () => {
  const run = toyProcess()
  await run(sumOf(10, 0.3))
  const { events } = await run(sumOf(10, 0.5))
  const steps = events.filter((event) => event.kind === 'step')
  expect(steps.map(({ index, total }) => [index, total])).toEqual(
    Array.from({ length: 10 }, (_, i) => [i, 10]),
  )
  // The gate itself is asked in every step, because τ is one of its values.
  expect(steps.every(({ cached }) => !cached)).toBe(true)
  const again = await run(sumOf(10, 0.5))
  expect(again.events.filter((event) => event.kind === 'step').every(({ cached }) => cached)).toBe(true)
})
