import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import {
  jobEvent,
  jobRequest,
  previewHeader,
  queueView,
  runRequest,
  validateRequest,
  watchRequest,
} from '#workflows/protocol.ts'

const schemas: Readonly<Record<string, z.ZodType>> = {
  jobEvent,
  jobRequest,
  previewHeader,
  queueView,
  runRequest,
  validateRequest,
  watchRequest,
}

const job = fc.uuid()
const node = fc.constantFrom('a', 'outer/inner', '__proto__', 'constructor', '')
const number = fc.oneof(fc.nat(), fc.constantFrom(NaN, Infinity, -Infinity, -0, -1, 0.5, 1e308, '1', null))
const key = fc.constantFrom('job', 'seq', 'kind', 'node', '__proto__', 'constructor', 'toString', 'more')

/** What looks like a message, with something odd in most places. */
const nearly = fc.record(
  {
    job: fc.oneof(job, fc.anything()),
    seq: number,
    lastSeq: number,
    kind: fc.constantFrom(
      'queued',
      'started',
      'step',
      'output',
      'value',
      'failed',
      'toString',
      '__proto__',
      1,
    ),
    node: fc.oneof(node, fc.anything()),
    index: number,
    total: number,
    picture: fc.oneof(fc.constant('a'.repeat(64)), fc.string()),
    width: number,
    height: number,
    workflow: fc.anything(),
    queued: fc.array(fc.oneof(job, fc.anything()), { maxLength: 3 }),
    running: fc.oneof(job, fc.constant(null), fc.anything()),
    paused: fc.anything(),
  },
  { requiredKeys: [] },
)
const anything = fc.oneof(nearly, fc.dictionary(key, fc.anything()), fc.anything(), fc.jsonValue())

test.each(Object.entries(schemas))(
  '%s takes or refuses whatever comes, and never throws',
  (_name, schema) => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    fc.assert(
      fc.property(anything, (payload) => {
        expect(typeof schema.safeParse(payload).success).toBe('boolean')
      }),
      { numRuns: 200 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  },
)

test.each(Object.entries(schemas))('%s gives again what it took once', (_name, schema) => {
  fc.assert(
    fc.property(nearly, (payload) => {
      const first = schema.safeParse(payload)
      if (first.success) expect(schema.parse(first.data)).toEqual(first.data)
    }),
    { numRuns: 200 },
  )
})

test('an event takes no number that is none, and no key that it does not know', () => {
  const step = {
    job: '123e4567-e89b-42d3-a456-426614174000',
    seq: 1,
    kind: 'step',
    node: 'a',
    index: 0,
    total: 1,
    cached: false,
  }
  expect(jobEvent.safeParse(step).success).toBe(true)
  fc.assert(
    fc.property(
      fc.constantFrom('seq', 'index', 'total'),
      fc.constantFrom(NaN, Infinity, -1, 0.5, '1', null),
      (name, value) => {
        expect(jobEvent.safeParse({ ...step, [name]: value }).success).toBe(false)
      },
    ),
  )
  expect(jobEvent.safeParse({ ...step, more: 1 }).success).toBe(false)
  expect(jobEvent.safeParse(JSON.parse(`{"__proto__":1,${JSON.stringify(step).slice(1)}`)).success).toBe(
    false,
  )
})
