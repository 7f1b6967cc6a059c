import fc from 'fast-check'
import { expect, test } from 'vitest'
import { costFaults } from '#workflows/cost.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { cellsOf, cellWorkflow } from '#workflows/sweep.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'

const name = fc.constantFrom(
  'a',
  'b',
  'c',
  'toString',
  '__proto__',
  'constructor',
  '9',
  'x.y',
  '',
  'model',
  'boxes',
)
const type = fc.oneof(fc.constantFrom(...Object.keys(toyCatalogue)), fc.string())
const link = fc.oneof(
  fc
    .tuple(name, fc.constantFrom('sum', 'value', 'model', 'index', 'toString'))
    .map(([node, port]) => `${node}.${port}`),
  fc.string(),
)
const entries = (value: fc.Arbitrary<unknown>) => fc.dictionary(name, value, { maxKeys: 4 })

const nodes = entries(
  fc.record(
    {
      type,
      title: fc.anything(),
      values: entries(fc.jsonValue()),
      inputs: entries(link),
      mode: fc.constantFrom('mute', 'bypass'),
      more: fc.anything(),
    },
    { requiredKeys: ['type'] },
  ),
)

/** Files that look like workflows, with something odd in most places. */
const nearlyWorkflow = fc.record(
  { groundwork: fc.constantFrom(1, 1, 1, 2, '1'), nodes, view: fc.anything() },
  { requiredKeys: ['groundwork', 'nodes'] },
)

/** Names that fit, so that most files are read to the end: what is odd is where they lead. */
const plainName = fc.constantFrom('a', 'b', 'c', 'toString', 'hasOwnProperty')
const plainEntries = <T>(value: fc.Arbitrary<T>) => fc.dictionary(plainName, value, { maxKeys: 2 })
const end = fc
  .tuple(plainName, fc.constantFrom('a', 'b', 'sum', 'value', 'plus', 'toString'))
  .map(([node, port]) => `${node}.${port}`)
const value = fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, fc.jsonValue({ maxDepth: 2 }))
const plainNodes = plainEntries(
  fc.record(
    {
      type: fc.oneof(
        { weight: 4, arbitrary: fc.constant('toy/number') },
        fc.constantFrom(
          'toy/number',
          'toy/add',
          'toy/print',
          'toy/count',
          'toy/total',
          'toy/text',
          'no/such',
        ),
        plainName.map((name) => `subgraph/${name}`),
      ),
      values: fc.oneof(
        { weight: 4, arbitrary: fc.constant({}) },
        fc.dictionary(fc.constantFrom('plus', 'value', 'times', 'a', 'toString'), value, { maxKeys: 2 }),
      ),
      inputs: fc.dictionary(fc.constantFrom('a', 'b', 'value', 'sum', 'in', 'plus'), end, { maxKeys: 1 }),
      mode: fc.constantFrom('mute', 'bypass'),
    },
    { requiredKeys: ['type'] },
  ),
)

/** Files in the right form, whose subgraphs and sweeps lead anywhere: into themselves, into nothing, to the same twice. */
const nested = fc.record(
  {
    groundwork: fc.constant(1),
    nodes: plainNodes,
    subgraphs: plainEntries(
      fc.record(
        {
          nodes: plainNodes,
          inputs: plainEntries(fc.array(end, { minLength: 1, maxLength: 2 })),
          outputs: plainEntries(end),
          params: plainEntries(end),
        },
        { requiredKeys: ['nodes', 'inputs', 'outputs'] },
      ),
    ),
    sweep: fc.record({
      axes: fc.array(fc.record({ at: end, values: fc.array(value, { minLength: 1, maxLength: 9 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
  },
  { requiredKeys: ['groundwork', 'nodes', 'subgraphs'] },
)

const anything = fc.oneof(
  nearlyWorkflow,
  nested,
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  }),
  fc.jsonValue(),
)

test('V2 validation never throws, and every fault has a sentence and a path', () => {
  fc.assert(
    fc.property(anything, (json) => {
      const { workflow, faults } = validateWorkflow(json, toyCatalogue)
      if (!workflow) expect(faults.length).toBeGreaterThan(0)
      for (const { path, message } of faults) {
        expect(message).toMatch(/^[A-Z].*[^.]$/s)
        expect(path.every((key) => typeof key === 'string' || typeof key === 'number')).toBe(true)
      }
    }),
    { numRuns: 1000 },
  )
})

test('V2 validation gives the same twice, and changes nothing', () => {
  const before = Object.getOwnPropertyNames(Object.prototype)
  fc.assert(
    fc.property(fc.oneof(nearlyWorkflow, nested), (json) => {
      const copy = structuredClone(JSON.parse(JSON.stringify(json)) as unknown)
      const file: unknown = JSON.parse(JSON.stringify(json))
      const first = validateWorkflow(file, toyCatalogue)
      expect(validateWorkflow(file, toyCatalogue)).toEqual(first)
      expect(file).toEqual(copy)
      if (first.workflow) expect(validateWorkflow(first.workflow, toyCatalogue)).toEqual(first)
    }),
    { numRuns: 500 },
  )
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
})

test('V6 what validation finds nothing wrong with can be planned, subgraphs, sweeps and all', () => {
  const shapes = new Map(Object.entries(toyCatalogue))
  const seen = { fine: 0, faulty: 0 }
  fc.assert(
    fc.property(nested, (json) => {
      const file = JSON.parse(JSON.stringify(json)) as unknown
      const { workflow, faults, plan } = validateWorkflow(file, toyCatalogue)
      seen[faults.length > 0 ? 'faulty' : 'fine']++
      if (!workflow || faults.length > 0) return
      const cells = workflow.sweep ? cellsOf(workflow.sweep) : [[]]
      for (const cell of cells) {
        const again = planWorkflow(cellWorkflow(workflow, cell), shapes)
        expect(again.plan?.units ?? []).toEqual(plan?.units)
        if (!again.plan)
          expect(again.faults.map(({ message }) => message)).toEqual([expect.stringContaining('no node')])
      }
    }),
    { numRuns: 1000 },
  )
  expect(Math.min(seen.fine, seen.faulty)).toBeGreaterThan(0)
})

/** The value, and how often something in it was looked at. */
function counted<T extends object>(value: T, looks: { count: number }): T {
  const known = new WeakMap<object, object>()
  const wrap = (inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner
    const proxy = known.get(inner) ?? new Proxy(inner, handler)
    known.set(inner, proxy)
    return proxy
  }
  const handler: ProxyHandler<object> = {
    get(target, key) {
      looks.count++
      return wrap(Reflect.get(target, key))
    },
    getOwnPropertyDescriptor(target, key) {
      looks.count++
      return Reflect.getOwnPropertyDescriptor(target, key)
    },
  }
  return wrap(value) as T
}

/** So many chains of three nodes, one of them a subgraph. */
function chains(count: number): unknown {
  const nodes = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      [`one${i}`, { type: 'toy/number', values: { value: i } }],
      [`more${i}`, { type: 'subgraph/more', inputs: { in: `one${i}.value` } }],
      [`print${i}`, { type: 'toy/print', inputs: { value: `more${i}.out` } }],
    ]).flat(),
  ) as object
  const add = { type: 'toy/add', values: { plus: 1 } }
  const more = {
    nodes: { add, then: { ...add, inputs: { a: 'add.sum' } } },
    inputs: { in: ['add.a'] },
    outputs: { out: 'then.sum' },
  }
  return { groundwork: 1, nodes, subgraphs: { more } }
}

test('V2 validation and the estimate look at twice as much for a file of twice the size, not more', () => {
  const facts = { trainedSide: 512, picturePixels: 1 }
  const looksAt = (count: number) => {
    const looks = { count: 0 }
    const catalogue = counted(toyCatalogue, looks)
    const { workflow, faults, plan } = validateWorkflow(counted(chains(count) as object, looks), catalogue)
    expect(faults).toEqual([])
    if (workflow) costFaults(workflow, catalogue, facts, { known: plan })
    return looks.count
  }
  const [few, many] = [looksAt(100), looksAt(800)]
  expect(few).toBeGreaterThan(1000)
  expect(many / few).toBeLessThan(8.2)
})
