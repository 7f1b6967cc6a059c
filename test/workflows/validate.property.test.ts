import fc from 'fast-check'
import { expect, test } from 'vitest'
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

/** Files that look like workflows, with something odd in most places. */
const nearlyWorkflow = fc.record(
  {
    groundwork: fc.constantFrom(1, 1, 1, 2, '1'),
    nodes: entries(
      fc.record(
        {
          type,
          title: fc.anything(),
          values: entries(fc.jsonValue()),
          inputs: entries(link),
          more: fc.anything(),
        },
        { requiredKeys: ['type'] },
      ),
    ),
    view: fc.anything(),
  },
  { requiredKeys: ['groundwork', 'nodes'] },
)

const anything = fc.oneof(
  nearlyWorkflow,
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
    fc.property(nearlyWorkflow, (json) => {
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
