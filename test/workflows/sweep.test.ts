import { expect, test } from 'vitest'
import type { Sweep } from '#workflows/format.ts'
import { cellsOf, cellWorkflow, sweptNodes } from '#workflows/sweep.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { nodesOf, workflow } from '../helpers/workflow.ts'

type Axes = Sweep['axes']

const faultsOf = (...axes: Axes) =>
  validateWorkflow(
    workflow(
      {
        n: ['toy/number', { value: 1 }],
        half: ['toy/half', {}, { of: 'n.value' }],
        plain: ['toy/half', { of: 2 }],
        more: ['subgraph/more', {}, { in: 'n.value' }],
      },
      {
        sweep: { axes },
        subgraphs: {
          more: {
            nodes: nodesOf({ add: ['toy/add'] }),
            inputs: { in: ['add.a'] },
            outputs: {},
            params: { by: 'add.plus' },
          },
        },
      },
    ),
    toyCatalogue,
  ).faults.map(({ code, path, message }) => `${code} ${path.join('.')}: ${message}`)

const values = (count: number) => Array.from({ length: count }, (_, index) => index)

test('W7 a sweep over what exists has no faults', () => {
  expect(faultsOf({ at: 'plain.of', values: [0, 0.5, 100] }, { at: 'more.by', values: [1, 2] })).toEqual([])
})

test('W7 a sweep over what does not exist, or is linked, is a fault that says what to do', () => {
  expect(faultsOf({ at: 'm.value', values: [1] }, { at: 'n.vlaue', values: [1] })).toEqual([
    "sweep sweep.axes.0.at: Cannot sweep 'm.value': there is no node 'm', did you mean 'n'?",
    "sweep sweep.axes.1.at: Cannot sweep 'n.vlaue': Number has no parameter 'vlaue', did you mean 'value'?",
  ])
  expect(faultsOf({ at: 'half.of', values: [1] })).toEqual([
    "sweep sweep.axes.0.at: Cannot sweep 'half.of': the parameter is linked, and takes what arrives: remove the link",
  ])
})

test.each([
  ['n.value', 'mute', 'its node is muted'],
  ['n.value', 'bypass', 'its node is bypassed'],
  ['more.by', 'mute', 'its node is muted'],
  ['more.by', 'bypass', 'its node is bypassed'],
] as const)(
  'W7 a sweep over %s of a node with the mode %s, which does not run, is a fault',
  (at, mode, state) => {
    const file = workflow(
      {
        n: ['toy/number', {}, {}, at === 'n.value' ? mode : undefined],
        more: ['subgraph/more', {}, {}, at === 'more.by' ? mode : undefined],
      },
      {
        sweep: { axes: [{ at, values: [1, 2] }] },
        subgraphs: {
          more: { nodes: nodesOf({ n: ['toy/number'] }), inputs: {}, outputs: {}, params: { by: 'n.value' } },
        },
      },
    )
    expect(validateWorkflow(file, toyCatalogue).faults).toEqual([
      {
        code: 'sweep',
        path: ['sweep', 'axes', 0, 'at'],
        message: `Cannot sweep '${at}': ${state} and does not run: let it run, or sweep something else`,
      },
    ])
  },
)

test('W7 every value is judged, where it stands', () => {
  expect(faultsOf({ at: 'plain.of', values: [1, 101, 'x'] })).toEqual([
    "wrong-value sweep.axes.0.values.1: Cannot sweep 'plain.of': value 2 must be at most 100, is 101",
    "wrong-value sweep.axes.0.values.2: Cannot sweep 'plain.of': value 3 must be a number, is 'x'",
  ])
})

test('W7 a sweep has at most 64 cells, and two axes go over two parameters', () => {
  expect(faultsOf({ at: 'n.value', values: values(8) }, { at: 'plain.of', values: values(9) })).toEqual([
    'too-large sweep: The sweep has 72 cells, the limit is 64: leave values out',
  ])
  expect(faultsOf({ at: 'n.value', values: [1] }, { at: 'n.value', values: [2] })).toEqual([
    "sweep sweep.axes.1.at: Both axes of the sweep go over 'n.value': name another parameter, or put all values on one axis",
  ])
})

const swept = workflow(
  { a: ['toy/number', { value: 0 }], b: ['subgraph/outer', { deep: 9 }] },
  {
    sweep: {
      axes: [
        { at: 'a.value', values: [1, 2] },
        { at: 'b.deep', values: [3, 4, 5] },
      ],
    },
    subgraphs: {
      outer: {
        nodes: nodesOf({ mid: ['subgraph/inner'] }),
        inputs: {},
        outputs: {},
        params: { deep: 'mid.value' },
      },
      inner: { nodes: nodesOf({ n: ['toy/number'] }), inputs: {}, outputs: {}, params: { value: 'n.value' } },
    },
  },
)

test('W1 cells go row by row, the first axis across', () => {
  expect(swept.sweep && cellsOf(swept.sweep)).toEqual([
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
    [0, 2],
    [1, 2],
  ])
})

test('W3 the workflow of a cell has its values and no sweep, and the file stays as it was', () => {
  const before = structuredClone(swept)
  const cell = cellWorkflow(swept, [1, 2])
  expect([cell.nodes['a']?.values, cell.nodes['b']?.values, 'sweep' in cell]).toEqual([
    { value: 2 },
    { deep: 5 },
    false,
  ])
  expect(swept).toEqual(before)
})

test('W7 the node behind the parameter of a subgraph is found, however deep', () => {
  expect([...sweptNodes(swept)]).toEqual(['a', 'b/mid/n'])
})
