import { expect, test } from 'vitest'
import { blockingFaults } from '#workflows/blocking.ts'
import type { Workflow } from '#workflows/format.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { nodesOf, workflow } from '../helpers/workflow.ts'

const callsOf = async (graph: Workflow) => (await toyProcess()(graph)).calls
const faultsOf = (graph: Workflow) =>
  validateWorkflow(graph, toyCatalogue).faults.map(({ path, message }) => `${path.join('.')}: ${message}`)

//  one ──► add(muted) ──► print      two ──► other
test('M1 a muted node does not run, nor does what needs it', async () => {
  expect(
    await callsOf(
      workflow({
        one: ['toy/number', { value: 1 }],
        add: ['toy/add', {}, { a: 'one.value' }, 'mute'],
        print: ['toy/print', {}, { value: 'add.sum' }],
        two: ['toy/number', { value: 2 }],
        other: ['toy/print', {}, { value: 'two.value' }],
      }),
    ),
  ).toEqual(['number 2', 'print 2'])
})

//  one ──a──► add ◄──b── two(muted)      b is optional
test('M1 an optional input that a muted node would feed gets nothing', async () => {
  expect(
    await callsOf(
      workflow({
        one: ['toy/number', { value: 1 }],
        two: ['toy/number', { value: 2 }, {}, 'mute'],
        add: ['toy/add', {}, { a: 'one.value', b: 'two.value' }],
      }),
    ),
  ).toEqual(['number 1', 'add 1 0 0'])
})

//  one ──a──► add ◄──b── many(muted)      add ──a──► sum ◄──b── two(a list)
test('M1 G1 a list that is muted leaves one value where it would have made a list', async () => {
  const graph = workflow({
    one: ['toy/number', { value: 1 }],
    many: ['toy/list', { count: 4 }, {}, 'mute'],
    add: ['toy/add', {}, { a: 'one.value', b: 'many.values' }],
    two: ['toy/list', { count: 2 }],
    sum: ['toy/add', {}, { a: 'add.sum', b: 'two.values' }],
    print: ['toy/print', {}, { value: 'sum.sum' }],
  })
  const printed = (await callsOf(graph)).filter((call) => call.startsWith('print'))
  expect(printed).toEqual(['print 2', 'print 3'])
})

//  zero ──► count ──► add(muted) ──► total ──► after      alone stands inside the loop
test('M1 a loop whose end is muted does not run at all', async () => {
  expect(
    await callsOf(
      workflow({
        zero: ['toy/number', { value: 0 }],
        count: ['toy/count', {}, { sum: 'zero.value' }],
        add: ['toy/add', {}, { a: 'count.sum' }, 'mute'],
        alone: ['toy/print', {}, { value: 'count.index' }],
        total: ['toy/total', {}, { sum: 'add.sum' }],
        after: ['toy/print', {}, { value: 'total.sum' }],
        other: ['toy/print', {}, { value: 'zero.value' }],
      }),
    ),
  ).toEqual(['number 0', 'print 0'])
})

test('M1 running up to a muted node is a fault', () => {
  const graph = workflow({
    one: ['toy/number', {}, {}, 'mute'],
    print: ['toy/print', {}, { value: 'one.value' }],
  })
  const { faults } = planWorkflow(graph, toys().registry, ['print'])
  expect(faults.map(({ message }) => message)).toEqual([
    "Cannot run up to node 'print': it is muted, or needs a node that is",
  ])
})

//  one(muted) ──► print      or each of them bypassed, or no nodes
test.each(['mute', 'bypass', 'empty'] as const)(
  'M6 a run in which nothing would run is refused: %s',
  async (mode) => {
    const graph = workflow(
      mode === 'empty'
        ? {}
        : { one: ['toy/number', {}, {}, mode], print: ['toy/print', {}, { value: 'one.value' }, mode] },
    )
    const message =
      'Cannot run the workflow: no node of it would run, add one, or let one run that is muted or bypassed'
    expect(faultsOf(graph)).toEqual([])
    const judged = { ...validateWorkflow(graph, toyCatalogue), workflow: graph }
    expect(blockingFaults(judged, toyCatalogue).map((fault) => fault.message)).toEqual([message])
    await expect(callsOf(graph)).rejects.toThrow(message)
  },
)

//  two ──b──► add(bypassed) ──► first       one ──a──► both(bypassed) ◄──b── two      both ──► second
test('M2 a bypassed node passes on the first linked input of the same type', async () => {
  expect(
    await callsOf(
      workflow({
        one: ['toy/number', { value: 1 }],
        two: ['toy/number', { value: 2 }],
        add: ['toy/add', {}, { b: 'two.value' }, 'bypass'],
        both: ['toy/add', {}, { a: 'one.value', b: 'two.value' }, 'bypass'],
        first: ['toy/print', {}, { value: 'add.sum' }],
        second: ['toy/print', {}, { value: 'both.sum' }],
      }),
    ),
  ).toEqual(['number 1', 'number 2', 'print 1', 'print 2'])
})

//  seven ──► a(bypassed) ──► b(bypassed) ──► print
test('M2 bypassed nodes may follow one another', async () => {
  const graph = workflow({
    seven: ['toy/number', { value: 7 }],
    a: ['toy/add', {}, { a: 'seven.value' }, 'bypass'],
    b: ['toy/add', {}, { a: 'a.sum' }, 'bypass'],
    print: ['toy/print', {}, { value: 'b.sum' }],
  })
  expect(faultsOf(graph)).toEqual([])
  expect(await callsOf(graph)).toEqual(['number 7', 'print 7'])
})

//  n(bypassed) ──► print      nothing is linked to n
test('M3 a bypassed node with nothing to pass on is a fault where something is missing', () => {
  const graph = workflow({
    text: ['toy/shout'],
    n: ['toy/add', {}, {}, 'bypass'],
    print: ['toy/print', {}, { value: 'n.sum' }],
  })
  expect(faultsOf(graph)).toEqual([
    "nodes.print.inputs.value: Cannot run node 'print' (Print): its 'value' is linked to 'n', which is bypassed and has nothing of that type to pass on: link an input of it, or let it run",
  ])
})

test('M3 bypassed nodes in a ring pass nothing on', () => {
  const graph = workflow({
    a: ['toy/add', {}, { a: 'b.sum' }, 'bypass'],
    b: ['toy/add', {}, { a: 'a.sum' }, 'bypass'],
    print: ['toy/print', {}, { value: 'b.sum' }],
  })
  expect(faultsOf(graph)).toHaveLength(1)
})

test('M3 what is muted or bypassed need not be complete', () => {
  expect(
    faultsOf(
      workflow({ a: ['toy/add', {}, {}, 'mute'], b: ['toy/print', {}, {}, 'bypass'], n: ['toy/number'] }),
    ),
  ).toEqual([])
})

//  five ──► [ add(+1) ] ──► print      the subgraph is bypassed, or muted
test('M4 a subgraph is muted and bypassed as a whole', async () => {
  const graph = (mode: 'mute' | 'bypass') =>
    workflow(
      {
        five: ['toy/number', { value: 5 }],
        more: ['subgraph/more', {}, { in: 'five.value' }, mode],
        print: ['toy/print', {}, { value: 'more.out' }],
        other: ['toy/print', {}, { value: 'five.value' }],
      },
      {
        subgraphs: {
          more: {
            nodes: nodesOf({ add: ['toy/add', { plus: 1 }] }),
            inputs: { in: ['add.a'] },
            outputs: { out: 'add.sum' },
          },
        },
      },
    )
  expect(await callsOf(graph('bypass'))).toEqual(['number 5', 'print 5', 'print 5'])
  expect(await callsOf(graph('mute'))).toEqual(['number 5', 'print 5'])
})

test('M5 a node does not run again because another one beside it was muted', async () => {
  const run = toyProcess()
  const graph = (mode?: 'mute') =>
    workflow({
      one: ['toy/number', { value: 1 }],
      add: ['toy/add', {}, { a: 'one.value' }],
      side: mode ? ['toy/print', {}, { value: 'add.sum' }, mode] : ['toy/print', {}, { value: 'add.sum' }],
      print: ['toy/print', {}, { value: 'one.value' }],
    })
  await run(graph())
  expect((await run(graph('mute'))).calls).toEqual(['print 1'])
})
