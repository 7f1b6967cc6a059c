import { expect, test } from 'vitest'
import type { Subgraph, Workflow } from '#workflows/format.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { nodesOf, workflow } from '../helpers/workflow.ts'

const faultsOf = (lines: Parameters<typeof workflow>[0], subgraphs?: Workflow['subgraphs']) =>
  validateWorkflow(workflow(lines, subgraphs && { subgraphs }), toyCatalogue).faults.map(
    ({ message }) => message,
  )

//  text ──► forward ──► forward ──► print(Int)
test('T1 what an output of any type carries is judged where it arrives', () => {
  const lines = {
    text: ['toy/shout'],
    n: ['toy/number'],
    one: ['toy/forward', {}, { value: 'text.text' }],
    two: ['toy/forward', {}, { value: 'one.value' }],
    number: ['toy/forward', {}, { value: 'n.value' }],
    fine: ['toy/print', {}, { value: 'number.value' }],
    print: ['toy/print', {}, { value: 'two.value' }],
  } as const
  expect(faultsOf(lines)).toEqual([
    "Cannot run node 'print' (Print): its 'value' takes Int, and 'two.value' gives Text: link something else",
  ])
})

//  text ──► both ◄── n
test('T2 all inputs of any type of one node carry the same', () => {
  expect(
    faultsOf({
      text: ['toy/shout'],
      n: ['toy/number'],
      both: ['toy/either', { on: true }, { yes: 'text.text', no: 'n.value' }],
    }),
  ).toEqual([
    "Cannot run node 'both' (Either): its inputs must all carry the same, 'no' brings Int and another Text",
  ])
})

//  a ──► b ──► a
test('T1 nodes of any type in a ring are a fault of the ring only', () => {
  expect(
    faultsOf({ a: ['toy/forward', {}, { value: 'b.value' }], b: ['toy/forward', {}, { value: 'a.value' }] }),
  ).toEqual(['Nodes wait for each other in a ring: a → b → a; remove one of these links'])
})

/** Numbers in, numbers out; pictures in, pictures out: [ n ──► number ──► n ] [ l ──► latent ──► l ] */
const two: Subgraph = {
  nodes: nodesOf({ number: ['toy/either'], latent: ['toy/either'] }),
  inputs: {
    l1: ['latent.yes'],
    l2: ['latent.no'],
    n1: ['number.yes'],
    n2: ['number.no'],
  },
  outputs: { n: 'number.value', l: 'latent.value' },
}

//  noise ═══► [ latent ] ──► decode      n ═══► [ number ] ──► print
test('T2 nodes of any type in one subgraph do not have to carry the same', () => {
  const lines = (l2: string) =>
    ({
      n: ['toy/number'],
      noise: ['toy/noise'],
      two: ['subgraph/two', {}, { l1: 'noise.latent', l2, n1: 'n.value', n2: 'n.value' }],
      decode: ['toy/decode', {}, { latent: 'two.l' }],
      print: ['toy/print', {}, { value: 'two.n' }],
    }) as const
  expect(faultsOf(lines('noise.latent'), { two })).toEqual([])
  expect(faultsOf(lines('n.value'), { two })).toEqual([
    "Cannot run node 'two/latent' (Either): its inputs must all carry the same, 'no' brings Int and another Latent",
  ])
})

//  n ──► [ [ number ] ──► forward ] ──► decode
test('T1 what leaves a subgraph is judged by what it carries, through any number of them', () => {
  const outer: Subgraph = {
    nodes: nodesOf({
      inner: ['subgraph/two'],
      forward: ['toy/forward', {}, { value: 'inner.n' }],
    }),
    inputs: { n: ['inner.n1', 'inner.n2'], l: ['inner.l1', 'inner.l2'] },
    outputs: { n: 'forward.value', l: 'inner.l' },
  }
  const lines = {
    n: ['toy/number'],
    noise: ['toy/noise'],
    outer: ['subgraph/outer', {}, { n: 'n.value', l: 'noise.latent' }],
    fine: ['toy/decode', {}, { latent: 'outer.l' }],
    decode: ['toy/decode', {}, { latent: 'outer.n' }],
  } as const
  expect(faultsOf(lines, { outer, two })).toEqual([
    "Cannot run node 'decode' (Decode): its 'latent' takes Latent, and 'outer.n' gives Int: link something else",
  ])
})

//  [ shout ──► forward ] ──► decode
test('T1 what begins inside a subgraph is judged where it arrives outside', () => {
  const words: Subgraph = {
    nodes: nodesOf({ text: ['toy/shout'], forward: ['toy/forward', {}, { value: 'text.text' }] }),
    inputs: {},
    outputs: { out: 'forward.value' },
  }
  const lines = { words: ['subgraph/words'], decode: ['toy/decode', {}, { latent: 'words.out' }] } as const
  expect(faultsOf(lines, { words })).toEqual([
    "Cannot run node 'decode' (Decode): its 'latent' takes Latent, and 'words.out' gives Text: link something else",
  ])
})

//  text ──► [ forward ──► decode ]      text ──► [ forward, decode ]
test('T1 what comes into a subgraph is judged at every input that it arrives at', () => {
  const chained: Subgraph = {
    nodes: nodesOf({ forward: ['toy/forward'], decode: ['toy/decode', {}, { latent: 'forward.value' }] }),
    inputs: { in: ['forward.value'] },
    outputs: {},
  }
  const beside: Subgraph = {
    nodes: nodesOf({ forward: ['toy/forward'], one: ['toy/decode'], two: ['toy/decode'] }),
    inputs: { any: ['forward.value', 'one.latent'], latent: ['two.latent'] },
    outputs: {},
  }
  const lines = (from: string) =>
    ({
      text: ['toy/shout'],
      noise: ['toy/noise'],
      chained: ['subgraph/chained', {}, { in: from }],
      beside: ['subgraph/beside', {}, { any: from, latent: from }],
    }) as const
  expect(faultsOf(lines('noise.latent'), { chained, beside })).toEqual([])
  expect(faultsOf(lines('text.text'), { chained, beside })).toEqual([
    "Cannot run node 'beside' (beside): its 'latent' takes Latent, and 'text.text' gives Text: link something else",
    "Cannot run node 'chained/decode' (Decode): its 'latent' takes Latent, and 'forward.value' gives Text: link something else",
    "Cannot run node 'beside/one' (Decode): its 'latent' takes Latent, and 'text.text' gives Text: link something else",
  ])
})

test('T1 a link to what carries anything in a file that cannot be expanded waits to be judged', () => {
  const ring: Subgraph = { ...two, nodes: { ...two.nodes, ...nodesOf({ again: ['subgraph/ring'] }) } }
  const lines = {
    text: ['toy/shout'],
    two: ['subgraph/two', {}, { l1: 'text.text', l2: 'text.text', n1: 'text.text', n2: 'text.text' }],
    decode: ['toy/decode', {}, { latent: 'two.l' }],
  } as const
  expect(faultsOf(lines, { two, ring })).toEqual([
    'A subgraph contains itself: ring → ring; remove one of these nodes',
  ])
})
