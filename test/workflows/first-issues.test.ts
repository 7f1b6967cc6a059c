import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstIssues, type Issue } from '#workflows/first-issues.ts'
import { workflowSchema } from '#workflows/format.ts'

const whole = {
  groundwork: 1,
  name: 'all that the format has',
  nodes: {
    a: { type: 'toy/number', title: 'A', values: { value: 3 } },
    b: { type: 'toy/add', inputs: { a: 'a.value', b: 's.sum' }, mode: 'mute' },
    s: { type: 'subgraph/s' },
  },
  subgraphs: {
    s: {
      nodes: { c: { type: 'toy/add' } },
      inputs: { in: ['c.a', 'c.b'] },
      outputs: { sum: 'c.sum' },
      params: { of: 'c.a' },
      view: { nodes: { c: [1, 2] } },
    },
  },
  sweep: { axes: [{ at: 'a.value', values: [1, 2] }] },
  form: { title: 'Form', fields: ['a.value'] },
  madeWith: { nodes: { 'toy/add': 1 }, models: { m: 'hash' } },
  view: {
    nodes: { a: [0, 0] },
    collapsed: ['a'],
    colours: { a: 'red' },
    frames: [{ title: 'F', nodes: ['a', 'b'] }],
    notes: { n: { text: 'hello', at: [0, 0], size: [1, 1] } },
    reroutes: { 'b.a': [[1, 1]] },
  },
}

/** Every place of a value, as a list of keys. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, part]) => placesIn(part, [...path, key]))]
}

/** The same with something else at one place, or under a new key there. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to
  if (Array.isArray(value))
    return value.map((part, i) => (String(i) === key ? changed(part, rest, to) : part))
  const object = value as Record<string, unknown>
  return { ...object, [key]: changed(object[key], rest, to) }
}

const hostile = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    [],
    {},
    '',
    'a b',
    'x'.repeat(300),
    Array(70).fill('a.b'),
    Array(250).fill('a.b'),
    null,
    -1,
    [[]],
  ),
)
const change = fc.tuple(
  fc.constantFrom(...placesIn(whole).filter((path) => path.length > 0)),
  fc.option(fc.constantFrom('more', '1x', 'a.b'), { nil: undefined }),
  hostile,
)

const inWords = (issues: readonly Issue[]) =>
  issues.map((issue) => `${issue.code} ${issue.path.join('/')}`).toSorted()

describe('the first issues', () => {
  test('hold all that the library finds, where they are few, and are none where it finds none', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const value = changes.reduce<unknown>((before, [path, more, to]) => {
          const isIn = placesIn(before).some((other) => other.join() === path.join())
          return isIn ? changed(before, more === undefined ? path : [...path.slice(0, -1), more], to) : before
        }, whole)
        const { error } = workflowSchema.safeParse(value)
        const [found, wanted] = [firstIssues(workflowSchema, value, 1_000), error?.issues ?? []]
        // Of a list whose parts are wrong the library does not say that it is too long as well.
        expect(inWords(found)).toEqual(expect.arrayContaining(inWords(wanted)))
        expect(found.length > 0).toBe(wanted.length > 0)
      }),
    )
  })

  test('are none for what the format allows', () => {
    expect(firstIssues(workflowSchema, whole, 10)).toEqual([])
  })

  test('are so many and no more', () => {
    const value = { ...whole, view: { collapsed: Array.from({ length: 500 }, () => 1) } }
    expect(firstIssues(workflowSchema, value, 20)).toHaveLength(20)
  })

  test('count each key that the format does not have', () => {
    const node = { type: 'toy/add', one: 1, two: 2, three: 3 }
    const found = firstIssues(workflowSchema, { ...whole, nodes: { a: node, b: node, c: node } }, 5)
    expect(found.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []))).toEqual([
      ...['one', 'two', 'three'],
      ...['one', 'two'],
    ])
  })
})
