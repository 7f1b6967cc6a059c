import { describe, expect, test } from 'vitest'
import { expandWorkflow } from '#workflows/expand.ts'
import type { Subgraph, Workflow } from '#workflows/format.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { membersOf } from '#workflows/unit.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { nodesOf, workflow } from '../helpers/workflow.ts'

const { registry } = toys()

const faultsOf = (graph: Workflow) =>
  validateWorkflow(graph, toyCatalogue).faults.map(
    ({ code, path, message }) => `${code} ${path.join('.')}: ${message}`,
  )

const idsOf = (graph: Workflow, targets?: readonly string[]) =>
  planWorkflow(graph, registry, targets).plan?.units.flatMap(membersOf)

/** Adds `amount` twice: in ──► first(+) ──► second(+) ──► out. */
const twice: Subgraph = {
  title: 'Twice',
  nodes: nodesOf({
    first: ['toy/add', { plus: 1 }],
    second: ['toy/add', { plus: 1 }, { a: 'first.sum' }],
  }),
  inputs: { in: ['first.a'] },
  outputs: { out: 'second.sum' },
  params: { amount: 'first.plus', more: 'second.plus' },
}

//  n ──► [ first ──► second ] ──► print
const used = (values: Record<string, unknown> = {}, inputs: Record<string, string> = {}) =>
  workflow(
    {
      n: ['toy/number', { value: 5 }],
      twice: ['subgraph/twice', values, { in: 'n.value', ...inputs }],
      print: ['toy/print', {}, { value: 'twice.out' }],
    },
    { subgraphs: { twice } },
  )

test('S1 the nodes of a subgraph run in place of the node that stands for it, called outer/inner', async () => {
  const { calls, events, result } = await toyProcess()(used())
  expect(faultsOf(used())).toEqual([])
  expect(calls).toEqual(['number 5', 'add 5 0 1', 'add 6 0 1', 'print 7'])
  expect([...result.nodes.keys()]).toEqual(['n', 'twice/first', 'twice/second', 'print'])
  expect(events.some(({ node }) => node === 'twice')).toBe(false)
})

test('S2 values and links of the outer node reach the inner nodes', async () => {
  expect((await toyProcess()(used({ amount: 10 }))).calls.at(-1)).toBe('print 16')
  expect((await toyProcess()(used({ amount: 10 }, { more: 'n.value' }))).calls.at(-1)).toBe('print 20')
})

/** Adds the number inside, which is linked to what is shown: [ n ──► sum ] ──► print */
const linkedInside = (values: Record<string, unknown>, inputs: Record<string, string> = {}) => {
  const inner: Subgraph = {
    nodes: nodesOf({
      n: ['toy/number', { value: 3 }],
      add: ['toy/add', {}, { a: 'n.value', plus: 'n.value' }],
    }),
    inputs: {},
    outputs: { out: 'add.sum' },
    params: { amount: 'add.plus' },
  }
  const outer: Subgraph = {
    nodes: nodesOf({ inner: ['subgraph/inner'] }),
    inputs: {},
    outputs: { out: 'inner.out' },
    params: { amount: 'inner.amount' },
  }
  return workflow(
    {
      ten: ['toy/number', { value: 10 }],
      use: ['subgraph/outer', values, inputs],
      print: ['toy/print', {}, { value: 'use.out' }],
    },
    { subgraphs: { inner, outer } },
  )
}

test('S2 a value of the outer node takes the place of a link inside, and a link that of a value', async () => {
  const shown = async (graph: Workflow) => (await toyProcess()(graph)).calls.at(-1)
  expect(faultsOf(linkedInside({ amount: 100 }))).toEqual([])
  expect(await shown(linkedInside({}))).toBe('print 6')
  expect(await shown(linkedInside({ amount: 100 }))).toBe('print 103')
  expect(await shown(linkedInside({ amount: 100 }, { amount: 'ten.value' }))).toBe('print 13')
})

//  n ──► [ [ first ──► second ] ──► third ]
test('S3 subgraphs may stand inside one another', async () => {
  const outer: Subgraph = {
    nodes: nodesOf({
      inner: ['subgraph/twice', { amount: 100 }],
      third: ['toy/add', {}, { a: 'inner.out' }],
    }),
    inputs: { start: ['inner.in', 'third.b'] },
    outputs: { end: 'third.sum', half: 'inner.out' },
  }
  const graph = workflow(
    {
      n: ['toy/number', { value: 5 }],
      nest: ['subgraph/outer', {}, { start: 'n.value' }],
      all: ['toy/print', {}, { value: 'nest.end' }],
      half: ['toy/print', {}, { value: 'nest.half' }],
    },
    { subgraphs: { outer, twice } },
  )
  expect(faultsOf(graph)).toEqual([])
  const { calls, result } = await toyProcess()(graph)
  expect(calls.filter((call) => call.startsWith('print')).sort()).toEqual(['print 106', 'print 111'])
  expect([...result.nodes.keys()]).toContain('nest/inner/second')
})

test('S4 the cache does not care whether a node stands in a subgraph', async () => {
  const run = toyProcess()
  await run(used())
  const flat = workflow({
    n: ['toy/number', { value: 5 }],
    a: ['toy/add', { plus: 1 }, { a: 'n.value' }],
    b: ['toy/add', { plus: 1 }, { a: 'a.sum' }],
    show: ['toy/print', {}, { value: 'b.sum' }],
  })
  expect((await run(flat)).calls).toEqual(['print 7'])
})

test('S5 a failure inside names the inner node', async () => {
  const fails: Subgraph = { nodes: nodesOf({ bad: ['toy/fail'] }), inputs: {}, outputs: { out: 'bad.sum' } }
  const { result } = await toyProcess()(
    workflow(
      { outer: ['subgraph/fails'], print: ['toy/print', {}, { value: 'outer.out' }] },
      { subgraphs: { fails } },
    ),
  )
  expect(result.errors[0]?.summary).toBe("Cannot run node 'outer/bad' (Fail): it was asked to")
  expect(result.nodes.get('print')).toMatchObject({ because: 'outer/bad' })
})

test('S6 a target that stands for a subgraph means the ends of its inner nodes', () => {
  expect(idsOf(used(), ['twice'])).toEqual(['n', 'twice/first', 'twice/second'])
  expect(idsOf(used(), ['twice/first'])).toEqual(['n', 'twice/first'])
})

//  n ──► [ add ──► pv(muted), add ──► pv2 ]
test('S6 M1 a target that stands for a subgraph means what is not muted in it', () => {
  const graph = (pv2?: 'mute', add?: 'mute') => {
    const nodes = nodesOf({
      add: ['toy/add', {}, {}, add],
      pv: ['toy/print', {}, { value: 'add.sum' }, 'mute'],
      pv2: ['toy/print', {}, { value: 'add.sum' }, pv2],
    })
    return workflow(
      { n: ['toy/number'], s: ['subgraph/s', {}, { in: 'n.value' }] },
      { subgraphs: { s: { nodes, inputs: { in: ['add.a'] }, outputs: {} } } },
    )
  }
  expect(idsOf(graph(), ['s'])).toEqual(['n', 's/add', 's/pv2'])
  expect(idsOf(graph('mute'), ['s'])).toEqual(['n', 's/add'])
  expect(
    planWorkflow(graph(undefined, 'mute'), registry, ['s']).faults.map(({ message }) => message),
  ).toEqual(["Cannot run up to node 's': it is muted, or needs a node that is"])
})

//  [ zero ──► count ──► add ──► total ]
test('S1 a loop may stand in a subgraph, or reach into one', async () => {
  const body: Subgraph = {
    nodes: nodesOf({ add: ['toy/add', { plus: 1 }] }),
    inputs: { in: ['add.a'] },
    outputs: { out: 'add.sum' },
  }
  const { calls } = await toyProcess()(
    workflow(
      {
        zero: ['toy/number', { value: 0 }],
        count: ['toy/count', { times: 3 }, { sum: 'zero.value' }],
        body: ['subgraph/body', {}, { in: 'count.sum' }],
        total: ['toy/total', {}, { sum: 'body.out' }],
      },
      { subgraphs: { body } },
    ),
  )
  expect(calls.at(-1)).toBe('total 3')
})

describe('S7 faults of subgraphs', () => {
  const around = (subgraphs: Record<string, Subgraph>) =>
    workflow({ use: [`subgraph/${Object.keys(subgraphs)[0]}`] }, { subgraphs })
  const holding = (...names: string[]): Subgraph => ({
    nodes: nodesOf(Object.fromEntries(names.map((name) => [`use_${name}`, [`subgraph/${name}`] as const]))),
    inputs: {},
    outputs: {},
  })

  test('S7 one that contains itself is named with its path', () => {
    expect(faultsOf(around({ a: holding('b'), b: holding('c'), c: holding('a') }))).toEqual([
      'cycle subgraphs.a: A subgraph contains itself: a → b → c → a; remove one of these nodes',
    ])
    expect(planWorkflow(around({ a: holding('a') }), registry).faults.map(({ message }) => message)).toEqual([
      'A subgraph contains itself: a → a; remove one of these nodes',
    ])
  })

  test('S7 a bomb of subgraphs is refused before it is expanded', () => {
    const ten = (name: string) => ({
      ...holding(),
      nodes: nodesOf(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`n${i}`, [name] as const]))),
    })
    const subgraphs: Record<string, Subgraph> = { s0: ten('toy/number') }
    for (let i = 1; i < 12; i++) subgraphs[`s${i}`] = ten(`subgraph/s${i - 1}`)
    expect(faultsOf(workflow({ use: ['subgraph/s11'] }, { subgraphs }))).toEqual([
      'too-large nodes: The workflow stands for 1000000000000 nodes, the limit is 4000: use fewer subgraphs, or smaller ones',
    ])
  })

  test('S7 nesting has a limit', () => {
    const subgraphs: Record<string, Subgraph> = { s0: holding() }
    for (let i = 1; i < 20; i++) subgraphs[`s${i}`] = holding(`s${i - 1}`)
    expect(faultsOf(workflow({ use: ['subgraph/s19'] }, { subgraphs }))).toEqual([
      "too-large subgraphs.s16: Subgraph 's16' holds others 17 levels deep, the limit is 16: flatten it",
    ])
  })

  test('S7 ports that lead nowhere are faults of the subgraph', () => {
    const odd: Subgraph = {
      ...twice,
      inputs: { in: ['first.a'], other: ['frist.a', 'first.c'] },
      outputs: { out: 'second.summ' },
      params: { amount: 'first.plus', more: 'second.minus' },
    }
    expect(faultsOf(workflow({ n: ['toy/number'] }, { subgraphs: { odd } }))).toEqual([
      "unknown-port subgraphs.odd.inputs.other: Subgraph 'odd' leads 'other' to 'frist.a': it has no node 'frist', did you mean 'first'?",
      "unknown-port subgraphs.odd.inputs.other: Subgraph 'odd' leads 'other' to 'first.c': 'first' (Add) has no input 'c', did you mean 'a'?",
      "unknown-port subgraphs.odd.outputs.out: Subgraph 'odd' leads 'out' to 'second.summ': 'second' (Add) has no output 'summ', did you mean 'sum'?",
      "unknown-port subgraphs.odd.params.more: Subgraph 'odd' leads 'more' to 'second.minus': 'second' (Add) has no parameter 'minus', there is 'plus'",
    ])
  })

  test('S7 wrong use is a fault of the node that stands for it', () => {
    const graph = workflow(
      {
        words: ['toy/shout'],
        twice: ['subgraph/twice', { amuont: 3, amount: 'x' }, { in: 'words.text' }],
        again: ['subgraph/twice'],
        sum: ['toy/add', {}, { a: 'again.uot' }],
      },
      { subgraphs: { twice } },
    )
    expect(faultsOf(graph)).toEqual([
      "unknown-param nodes.twice.values.amuont: Cannot run node 'twice' (Twice): it has no parameter 'amuont', did you mean 'amount'?",
      "wrong-value nodes.twice.values.amount: Cannot run node 'twice' (Twice): parameter 'amount' must be a whole number, is 'x'",
      "wrong-link nodes.twice.inputs.in: Cannot run node 'twice' (Twice): its 'in' takes Int, and 'words.text' gives Text: link something else",
      "missing-input nodes.again.inputs.in: Cannot run node 'again' (Twice): its input 'in' has no link, it needs an Int",
      "unknown-port nodes.sum.inputs.a: Cannot run node 'sum' (Add): 'a' is linked to 'again' (Twice), which has no output 'uot', did you mean 'out'?",
    ])
  })

  test('S7 what is wrong inside is named outer/inner', () => {
    const inner: Subgraph = {
      nodes: nodesOf({ half: ['toy/half', { of: 200 }], odd: ['toy/ad'] }),
      inputs: {},
      outputs: {},
    }
    expect(faultsOf(workflow({ use: ['subgraph/inner'] }, { subgraphs: { inner } }))).toEqual([
      "wrong-value nodes.use/half.values.of: Cannot run node 'use/half' (Half): parameter 'of' must be at most 100, is 200",
      "unknown-node nodes.use/odd.type: Cannot run node 'use/odd': there is no node type 'toy/ad', did you mean 'toy/add'?",
    ])
  })
})

describe('a file of few bytes', () => {
  const within = (act: () => void): number => {
    const begin = performance.now()
    act()
    return performance.now() - begin
  }
  const codes = (file: unknown) => validateWorkflow(file, toyCatalogue).faults.map(({ code }) => code)

  test('S7 that stands for countless empty subgraphs is refused before any is opened', () => {
    const uses = (type: string) =>
      Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`x${i}`, { type }]))
    const subgraphs = Object.fromEntries(
      Array.from({ length: 16 }, (_, i) => [
        `s${i}`,
        { nodes: i === 15 ? {} : uses(`subgraph/s${i + 1}`), inputs: {}, outputs: {} },
      ]),
    )
    const file = { groundwork: 1, nodes: { all: { type: 'subgraph/s0' } }, subgraphs }
    const ms = within(() => expect(codes(file)).toContain('too-large'))
    expect(ms).toBeLessThan(5000)
  })

  test('S7 that stands for countless ports is refused before any is opened', () => {
    const ends = (from: number) => Array.from({ length: 64 }, (_, i) => `n.a${from * 64 + i}`)
    const inputs = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, ends(i)]))
    const nodes = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`u${i}`, { type: 'subgraph/s' }]))
    const subgraphs = { s: { nodes: { n: { type: 'toy/number' } }, inputs, outputs: {} } }
    const ms = within(() => expect(codes({ groundwork: 1, nodes, subgraphs })).toContain('too-large'))
    expect(ms).toBeLessThan(5000)
  })

  test('S7 that sets very many parameters of one node is expanded in linear time', () => {
    const best = (count: number) => {
      const file = settingMany(count)
      return Math.min(...Array.from({ length: 20 }, () => within(() => expandWorkflow(file, registry))))
    }
    best(2_000)
    // Eight times as many take about eight times as long, not sixty-four times.
    expect(best(2_000) / best(250)).toBeLessThan(24)
  })
})

/** One node that stands for another one, and sets so many parameters of it. */
function settingMany(count: number): Workflow {
  const names = Array.from({ length: count }, (_, i) => `p${i}`)
  const params = Object.fromEntries(names.map((name) => [name, `n.${name}`]))
  const values = Object.fromEntries(names.map((name) => [name, 1]))
  const s: Subgraph = { nodes: nodesOf({ n: ['toy/number'] }), inputs: {}, outputs: {}, params }
  return workflow({ u: ['subgraph/s', values] }, { subgraphs: { s } })
}
