import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Workflow } from '#workflows/format.ts'
import { planWorkflow } from '#workflows/plan.ts'
import type { Unit } from '#workflows/unit.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

const { registry } = toys()

const show = (unit: Unit) =>
  unit.kind === 'node' ? unit.id : `${unit.start}[${unit.body.join(' ')}]${unit.end}`

/** The units of a plan, loops as `start[body]end`. */
function unitsOf(file: Workflow, targets?: readonly string[]): string[] {
  const { plan, faults } = planWorkflow(file, registry, targets)
  expect(faults).toEqual([])
  return (plan?.units ?? []).map(show)
}

const faultsOf = (file: Workflow, targets?: readonly string[]) =>
  planWorkflow(file, registry, targets).faults.map(
    ({ code, path, message }) => `${code} ${path.join('.')}: ${message}`,
  )

//  one ──► sum ──► more
//  two ──► ┘
test('O1 a node comes after all it needs, and equals in the order of the file', () => {
  const file = workflow({
    more: ['toy/add', {}, { a: 'sum.sum' }],
    sum: ['toy/add', {}, { a: 'one.value', b: 'two.value' }],
    two: ['toy/number'],
    one: ['toy/number'],
  })
  expect(unitsOf(file)).toEqual(['two', 'one', 'sum', 'more'])
})

test('O2 a plan holds the targets and what they need', () => {
  const file = workflow({
    one: ['toy/number'],
    two: ['toy/number'],
    a: ['toy/add', {}, { a: 'one.value' }],
    b: ['toy/add', {}, { a: 'two.value' }],
  })
  expect(unitsOf(file, ['a'])).toEqual(['one', 'a'])
  expect(faultsOf(file, ['a', 'c'])).toEqual([
    "unknown-node nodes.c: Cannot run up to node 'c': the workflow has no such node, or bypasses it",
  ])
})

test('O3 without targets the nodes with a side effect run, or else the last ones', () => {
  const nodes = { one: ['toy/number'], two: ['toy/number'], a: ['toy/add', {}, { a: 'one.value' }] } as const
  expect(unitsOf(workflow(nodes))).toEqual(['one', 'two', 'a'])
  expect(unitsOf(workflow({ ...nodes, print: ['toy/print', {}, { value: 'two.value' }] }))).toEqual([
    'two',
    'print',
  ])
})

//  a ◄──► b    c ──► c    d ──► a
test('O4 every ring is named in the direction of its values', () => {
  const file = workflow({
    d: ['toy/number'],
    a: ['toy/add', {}, { a: 'c2.sum', b: 'd.value' }],
    b: ['toy/add', {}, { a: 'a.sum' }],
    c2: ['toy/add', {}, { a: 'b.sum' }],
    self: ['toy/add', {}, { a: 'self.sum' }],
    after: ['toy/add', {}, { a: 'self.sum' }],
  })
  expect(faultsOf(file)).toEqual([
    'cycle nodes.a: Nodes wait for each other in a ring: a → b → c2 → a; remove one of these links',
    'cycle nodes.self: Nodes wait for each other in a ring: self → self; remove one of these links',
  ])
})

test('O5 a chain of 100,000 nodes is put in order', () => {
  const nodes: Workflow['nodes'] = {}
  for (let i = 100_000; i > 0; i--) nodes[`n${i}`] = { type: 'toy/add', inputs: { a: `n${i - 1}.sum` } }
  nodes['n0'] = { type: 'toy/number' }
  const { plan } = planWorkflow({ groundwork: 1, nodes }, registry)
  expect(plan?.units).toHaveLength(100_001)
  expect(plan?.units.at(-1)).toEqual({ kind: 'node', id: 'n100000' })
})

//  l0a ─►┬─► l1a ─►┬─► …      2^40 paths lead from one end to the other
//  l0b ─►┴─► l1b ─►┴─► …
test('O5 forty layers in which everything feeds everything are put in order', () => {
  const nodes: Workflow['nodes'] = { l0a: { type: 'toy/number' }, l0b: { type: 'toy/number' } }
  for (let i = 1; i < 40; i++)
    for (const side of 'ab')
      nodes[`l${i}${side}`] = { type: 'toy/add', inputs: { a: `l${i - 1}a.sum`, b: `l${i - 1}b.sum` } }
  expect(planWorkflow({ groundwork: 1, nodes }, registry).plan?.units).toHaveLength(80)
})

/** The same by the definition: again and again, the first node of the file of which all needs are there. */
function naiveLayers(needs: ReadonlyMap<string, readonly string[]>): string[][] | null {
  const layers: string[][] = []
  const done = new Set<string>()
  while (done.size < needs.size) {
    const layer = [...needs].filter(([id, list]) => !done.has(id) && list.every((need) => done.has(need)))
    if (layer.length === 0) return null
    layers.push(layer.map(([id]) => id))
    for (const [id] of layer) done.add(id)
  }
  return layers
}

const graphs = fc.array(fc.tuple(fc.nat(14), fc.nat(14)), { maxLength: 40 }).map((links) => {
  const needs = new Map<string, string[]>(Array.from({ length: 15 }, (_, i) => [`n${i}`, []]))
  for (const [from, to] of links) needs.get(`n${to}`)?.push(`n${from}`)
  return needs
})

function fileOf(needs: ReadonlyMap<string, readonly string[]>): Workflow {
  const nodes = [...needs].map(([id, list]) => {
    const inputs = Object.fromEntries(list.map((need, i) => [`i${i}`, `${need}.out`]))
    return [id, { type: 'any', inputs }] as const
  })
  return { groundwork: 1, nodes: Object.fromEntries(nodes) }
}

test('O1 O4 any graph is put in order, or else a ring of it is named', () => {
  fc.assert(
    fc.property(graphs, (needs) => {
      const layers = naiveLayers(needs)
      const { plan, faults } = planWorkflow(fileOf(needs), new Map(), [...needs.keys()])
      if (!layers) {
        expect(plan).toBe(null)
        for (const { message } of faults) expectRing(message, needs)
        return
      }
      const order = (plan?.units ?? []).map(show)
      let at = 0
      // Layer by layer, in whatever order inside a layer.
      for (const layer of layers)
        expect(new Set(order.slice(at, (at += layer.length)))).toEqual(new Set(layer))
    }),
    { numRuns: 300 },
  )
})

function expectRing(message: string, needs: ReadonlyMap<string, readonly string[]>): void {
  const ring = (/ring: (.*);/.exec(message)?.[1] ?? '').split(' → ')
  expect(ring.length).toBeGreaterThan(1)
  expect(ring[0]).toBe(ring.at(-1))
  for (const [i, id] of ring.slice(1).entries()) expect(needs.get(id)).toContain(ring[i])
}

describe('loops', () => {
  const start = ['toy/count', {}, { sum: 'zero.value' }] as const
  const zero = ['toy/number'] as const

  //  zero ──► count ──sum──► add ──► total ──► after
  //  five ──────────────────►┘
  test('L5 what a loop needs comes before it, what needs it comes after', () => {
    const file = workflow({
      after: ['toy/add', {}, { a: 'total.sum' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
      add: ['toy/add', {}, { a: 'count.sum', b: 'five.value' }],
      count: start,
      five: ['toy/number'],
      zero,
    })
    expect(unitsOf(file)).toEqual(['five', 'zero', 'count[add]total', 'after'])
  })

  //  zero ──► count ──sum────────► total
  //             └─index─► alone
  test('L8 a target inside a loop brings the end of the loop with it', () => {
    const file = workflow({
      zero,
      count: start,
      alone: ['toy/add', {}, { a: 'count.index' }],
      other: ['toy/add', {}, { a: 'count.index' }],
      total: ['toy/total', {}, { sum: 'count.sum' }],
    })
    expect(unitsOf(file, ['alone'])).toEqual(['zero', 'count[alone]total'])
    expect(unitsOf(file, ['total'])).toEqual(['zero', 'count[]total'])
    expect(unitsOf(file, ['count'])).toEqual(['zero', 'count[]total'])
  })

  test('L6 a loop inside a loop is a fault', () => {
    const file = workflow({
      zero,
      outer: start,
      inner: ['toy/count', {}, { sum: 'outer.sum' }],
      close: ['toy/total', {}, { sum: 'inner.sum' }],
      total: ['toy/total', {}, { sum: 'close.sum' }],
    })
    expect(faultsOf(file)[0]).toBe(
      "loop nodes.inner: Node 'inner' (Count) opens a loop inside the loop of 'outer' (Count): loops may follow one another, link it to the end of that loop",
    )
  })

  //  count ──► add ──► total ──► ┐
  //             └──────────────► both
  test('L7 a node that takes a value from inside a loop and needs its end is a fault', () => {
    const file = workflow({
      zero,
      count: start,
      add: ['toy/add', {}, { a: 'count.sum' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
      both: ['toy/add', {}, { a: 'add.sum', b: 'total.sum' }],
    })
    expect(faultsOf(file)).toEqual([
      "loop nodes.both.inputs.b: Node 'both' runs inside the loop of 'count' and needs 'total', which waits for the end of that loop: lead what it takes from inside the loop through the loop's end",
    ])
  })

  //  count ──► add ──► total ──► later ──► both ◄── add
  test('L7 it is a fault also where another node stands between', () => {
    const file = workflow({
      zero,
      count: start,
      add: ['toy/add', {}, { a: 'count.sum' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
      later: ['toy/add', {}, { a: 'total.sum' }],
      both: ['toy/add', {}, { a: 'add.sum', b: 'later.sum' }],
    })
    expect(faultsOf(file)).toEqual([
      "loop nodes.both.inputs.b: Node 'both' runs inside the loop of 'count' and needs 'later', which waits for the end of that loop: lead what it takes from inside the loop through the loop's end",
    ])
  })

  test('L7 a node between two loops is a fault', () => {
    const file = workflow({
      zero,
      one: start,
      two: start,
      both: ['toy/add', {}, { a: 'one.sum', b: 'two.sum' }],
      end1: ['toy/total', {}, { sum: 'both.sum' }],
      end2: ['toy/total', {}, { sum: 'two.sum' }],
    })
    expect(faultsOf(file)).toEqual([
      "loop nodes.both: Node 'both' (Add) takes values from inside two loops, of 'one' (Count) and 'two' (Count): link it to the end of one of them",
    ])
  })

  test('L9 a start without an end and an end without a start are faults', () => {
    const file = workflow({ zero, count: start, total: ['toy/total', {}, { sum: 'zero.value' }] })
    expect(faultsOf(file)).toEqual([
      "loop nodes.total: Node 'total' (Total) closes no loop: link it to a node that depends on the start of one",
      "loop nodes.count: Node 'count' (Count) opens a loop that nothing closes: lead its values to an end of the loop",
    ])
  })

  test('L9 two ends of one start are a fault', () => {
    const file = workflow({
      zero,
      count: start,
      total: ['toy/total', {}, { sum: 'count.sum' }],
      again: ['toy/total', {}, { sum: 'count.sum' }],
    })
    expect(faultsOf(file)).toEqual([
      "loop nodes.again: Node 'again' (Total) closes the loop of 'count' (Count), which 'total' (Total) closes already: remove one of them",
    ])
  })

  const shape = { title: 'Odd', params: {}, outputs: {} }
  const end = (inputs: object) =>
    new Map([...registry, ['odd/end', { ...shape, inputs, loop: { role: 'end' } } as never]])
  const closing = workflow({ zero, count: start, end: ['odd/end', {}, { index: 'count.index' }] })

  test('L9 an end that does not take what the start carries is a fault', () => {
    const faults = (inputs: object) => planWorkflow(closing, end(inputs)).faults.map(({ message }) => message)
    expect(faults({ index: { type: 'Int' } })).toEqual([
      "Node 'end' (Odd) cannot close the loop of 'count' (Count): it has no input 'sum' to carry that value on",
    ])
    expect(faults({ index: { type: 'Int' }, sum: { type: 'Int' } })).toEqual([
      "Node 'end' (Odd) carries nothing on: link its input 'sum', which the next iteration of 'count' (Count) starts from",
    ])
  })

  test('L9 an end that carries another type than the start is a fault', () => {
    const file = workflow({ zero, count: start, end: ['odd/end', {}, { sum: 'count.sum' }] })
    expect(planWorkflow(file, end({ sum: { type: 'Float' } })).faults.map(({ message }) => message)).toEqual([
      "Node 'end' (Odd) cannot close the loop of 'count' (Count): its 'sum' is Float, the start's is Int",
    ])
  })
})
