import { expect, test } from 'vitest'
import { planWorkflow } from '#workflows/plan.ts'
import type { Workflow } from '#workflows/format.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

//  list(1 2 3) ──► add(+10) ──► sum ──► print
const mapped = (count: number, plus = 10) =>
  workflow({
    list: ['toy/list', { count }],
    add: ['toy/add', { plus }, { a: 'list.values' }],
    sum: ['toy/sum', {}, { values: 'add.sum' }],
    print: ['toy/print', {}, { value: 'sum.sum' }],
  })

test('G1 G2 a node fed a list runs per item, and a list input takes the whole list', async () => {
  const { calls, result } = await toyProcess()(mapped(3))
  expect(calls).toEqual(['list 3', 'add 1 0 10', 'add 2 0 10', 'add 3 0 10', 'sum 11 12 13', 'print 36'])
  expect(result.nodes.get('add')).toMatchObject({ state: 'finished', runs: 3 })
})

test('G1 an empty list runs nothing and gives an empty list', async () => {
  expect((await toyProcess()(mapped(0))).calls).toEqual(['list 0', 'sum ', 'print 0'])
})

test('G1 every item is cached by itself', async () => {
  const run = toyProcess()
  await run(mapped(3))
  const { calls, result } = await run(mapped(4))
  expect(calls).toEqual(['list 4', 'add 4 0 10', 'sum 11 12 13 14', 'print 50'])
  expect(result.nodes.get('add')).toMatchObject({ runs: 1, cachedRuns: 3 })
})

//  one ──► sum
test('G2 a list input that is fed one value gets a list of one', async () => {
  const { calls } = await toyProcess()(
    workflow({ one: ['toy/number'], sum: ['toy/sum', {}, { values: 'one.value' }] }),
  )
  expect(calls.at(-1)).toBe('sum 1')
})

//  list(3) ──a──► add ◄──b── other(n)
test('G3 lists are taken item by item together, and must be equally long', async () => {
  const pairs = (count: number) =>
    workflow({
      list: ['toy/list', { count: 3 }],
      other: ['toy/list', { count }],
      add: ['toy/add', {}, { a: 'list.values', b: 'other.values' }],
      sum: ['toy/sum', {}, { values: 'add.sum' }],
    })
  expect((await toyProcess()(pairs(3))).calls.at(-1)).toBe('sum 2 4 6')
  const { result, events } = await toyProcess()(pairs(2))
  expect(result.errors[0]?.summary).toBe(
    "Cannot run node 'add' (Add): its 'a' gets a list of 3 and its 'b' one of 2, lists that are taken item by item must be equally long",
  )
  expect(result.nodes.get('sum')).toMatchObject({ state: 'skipped', because: 'add' })
  // For other languages the sentence comes with its slots open as well.
  const template =
    "its '{0}' gets a list of {1} and its '{2}' one of {3}, lists that are taken item by item must be equally long"
  expect(events.find(({ kind }) => kind === 'node-failed')).toMatchObject({
    sentence: { template, values: ['a', 3, 'b', 2] },
  })
})

test('G3 a failure names the item', async () => {
  const { result } = await toyProcess()(
    workflow({ list: ['toy/list'], fail: ['toy/fail', { at: 2 }, { a: 'list.values' }] }),
  )
  expect(result.errors[0]?.summary).toBe("Cannot run node 'fail' (Fail) in item 2 of 3: it was asked to")
})

//  list(1 2) ──► count ──sum──► add(+1) ──► total ──► sum
const looped = (count: number, plus = 1) =>
  workflow({
    list: ['toy/list', { count }],
    count: ['toy/count', { times: 2 }, { sum: 'list.values' }],
    add: ['toy/add', { plus }, { a: 'count.sum' }],
    total: ['toy/total', {}, { sum: 'add.sum' }],
    sum: ['toy/sum', {}, { values: 'total.sum' }],
  })

test('G4 a loop that is fed a list runs as a whole per item', async () => {
  const { calls, events, result } = await toyProcess()(looped(2))
  expect(calls).toEqual([
    'list 2',
    'count 2',
    'add 1 0 1',
    'add 2 0 1',
    'total 3',
    'count 2',
    'add 3 0 1',
    'total 4',
    'sum 3 4',
  ])
  expect(result.nodes.get('count')).toMatchObject({ runs: 2, state: 'finished' })
  const steps = events.filter((event) => event.kind === 'step')
  expect(steps.map(({ index, item }) => [item?.index, index])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])
})

//  zero ──► count ──sum──► add ◄──b── list      the list arrives in the middle of the loop
test('G4 it does not matter at which node of the loop the list arrives', async () => {
  const { calls } = await toyProcess()(
    workflow({
      list: ['toy/list', { count: 2 }],
      zero: ['toy/number', { value: 0 }],
      count: ['toy/count', { times: 3 }, { sum: 'zero.value' }],
      add: ['toy/add', {}, { a: 'count.sum', b: 'list.values' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
      sum: ['toy/sum', {}, { values: 'total.sum' }],
    }),
  )
  expect(calls.at(-1)).toBe('sum 3 6')
})

test('G4 a node that fails in one item ends the loop for all', async () => {
  const graph = looped(2)
  const nodes = { ...graph.nodes, add: { type: 'toy/fail', values: { at: 2 }, inputs: { a: 'count.sum' } } }
  const { result } = await toyProcess()({ ...graph, nodes })
  expect(result.errors.map(({ summary }) => summary)).toEqual([
    "Cannot run node 'add' (Fail) in iteration 1 of 2 in item 2 of 2: it was asked to",
  ])
  expect(result.nodes.get('sum')).toMatchObject({ state: 'skipped', because: 'add' })
})

const faultsOf = (graph: Workflow) =>
  planWorkflow(graph, toys().registry).faults.map(({ code, message }) => `${code}: ${message}`)

test('G5 a list of lists is a fault', () => {
  expect(
    faultsOf(workflow({ list: ['toy/list'], lists: ['toy/list', {}, { count: 'list.values' }] })),
  ).toEqual([
    "list: Node 'lists' (List) gives a list, 'values', for every item of a list: lists hold no lists, take the list together before",
  ])
})

test('G5 a list made inside a loop is a fault', () => {
  expect(
    faultsOf(
      workflow({
        zero: ['toy/number'],
        count: ['toy/count', {}, { sum: 'zero.value' }],
        list: ['toy/list', {}, { count: 'count.index' }],
        add: ['toy/sum', {}, { values: 'list.values' }],
        total: ['toy/total', {}, { sum: 'add.sum' }],
      }),
    ),
  ).toEqual([
    "list: Node 'list' (List) makes a list, 'values', inside a loop: make it before the loop, which then runs once per item",
  ])
})

test('G5 a lazy input inside a loop cannot take a list', () => {
  expect(
    faultsOf(
      workflow({
        list: ['toy/list'],
        zero: ['toy/number'],
        count: ['toy/count', {}, { sum: 'zero.value' }],
        choose: ['toy/choose', {}, { odd: 'list.values', even: 'count.sum' }],
        total: ['toy/total', {}, { sum: 'choose.value' }],
      }),
    ),
  ).toEqual([
    "list: Node 'choose' (Choose) runs inside a loop, where its lazy 'odd' cannot take a list: choose before the loop",
  ])
})

//  list(1 2 3) ──by──► choose ◄──odd── ten, even── twenty
test('G6 a lazy node asks for each item', async () => {
  const { calls } = await toyProcess()(
    workflow({
      list: ['toy/list'],
      ten: ['toy/number', { value: 10 }],
      twenty: ['toy/number', { value: 20 }],
      choose: ['toy/choose', {}, { by: 'list.values', odd: 'ten.value', even: 'twenty.value' }],
      sum: ['toy/sum', {}, { values: 'choose.value' }],
    }),
  )
  expect(calls.at(-1)).toBe('sum 10 20 10')
})

//  list ──even──► choose ◄──odd── ten
test('G6 a branch that is not taken brings no items', async () => {
  const either = (by: number) =>
    workflow({
      list: ['toy/list'],
      ten: ['toy/number', { value: 10 }],
      choose: ['toy/choose', { by }, { odd: 'ten.value', even: 'list.values' }],
      sum: ['toy/sum', {}, { values: 'choose.value' }],
    })
  expect((await toyProcess()(either(0))).calls.at(-1)).toBe('sum 1 2 3')
  const odd = await toyProcess()(either(1))
  expect(odd.calls).toEqual(['number 10', 'choose 1', 'sum 10'])
  // Nor does it where somebody else has run it.
  const run = await toyProcess()(either(1), { targets: ['list', 'sum'] })
  expect(run.calls).toEqual(['list 3', 'number 10', 'choose 1', 'sum 10'])
})

//  list ──► print
test('G7 an event of an item says which', async () => {
  const { events } = await toyProcess()(
    workflow({ list: ['toy/list', { count: 2 }], print: ['toy/print', {}, { value: 'list.values' }] }),
  )
  expect(events.filter(({ kind }) => kind === 'value')).toEqual([
    { kind: 'value', node: 'print', text: '1', item: { index: 0, total: 2 } },
    { kind: 'value', node: 'print', text: '2', item: { index: 1, total: 2 } },
  ])
})
