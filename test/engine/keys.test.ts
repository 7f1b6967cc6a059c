import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestAnew, digestOf, keyOf } from '#server/engine/keys.ts'

const same = (a: unknown, b: unknown) => digestOf(a).hash === digestOf(b).hash

test('C3 equal data has equal hashes, wherever it lies in memory', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(same(value, structuredClone(value))).toBe(true)
    }),
  )
})

test('C3 data that differs in JSON differs in its hash', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b))
      const isOrder = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
      // JSON writes −0 as 0.
      if (!isOrder) expect(same(a, b)).toBe(false)
    }),
  )
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)])
}

test('C3 the order of keys and keys without a value do not matter', () => {
  expect(same({ a: 1, b: 2 }, { b: 2, a: 1, c: undefined })).toBe(true)
})

test('C3 kinds of values are told apart', () => {
  const values = [
    0,
    -0,
    NaN,
    '0',
    0n,
    null,
    undefined,
    false,
    '',
    [],
    {},
    [[]],
    [0],
    ['0'],
    { a: 0 },
    [undefined],
  ]
  const typed = [
    new Float32Array(2),
    new Float32Array(3),
    new Float64Array(2),
    new Uint8Array(8),
    '\ud800',
    '\ud801',
  ]
  const hashes = [...values, ...typed].map((value) => digestOf(value).hash)
  expect(new Set(hashes).size).toBe(hashes.length)
})

test('C3 tensors are compared byte by byte, and by their shape', () => {
  const data = () => Float32Array.of(1, 2, 3, 4)
  expect(same({ data: data(), shape: [2, 2] }, { data: data(), shape: [2, 2] })).toBe(true)
  expect(same({ data: data(), shape: [2, 2] }, { data: data(), shape: [4] })).toBe(false)
  expect(same(data(), Float32Array.of(1, 2, 3, 5))).toBe(false)
  expect(same(data().subarray(1, 3), Float32Array.of(2, 3))).toBe(true)
})

test('C3 what is not plain data has no hash', () => {
  const ring: unknown[] = []
  ring.push(ring)
  for (const value of [new Map(), new Date(), () => 1, Symbol('x'), ring])
    expect(() => digestOf(value)).toThrow(TypeError)
})

test('C5 a digest knows about how many bytes a value holds', () => {
  const { bytes } = digestOf({ data: new Float32Array(1000), shape: [1000] })
  expect(bytes).toBeGreaterThanOrEqual(4000)
  expect(bytes).toBeLessThan(4200)
})

test('X5 a change inside a value shows in a hash taken anew', () => {
  const value = { data: new Float32Array(2) }
  const before = digestOf(value).hash
  value.data[0] = 1
  expect(digestOf(value).hash).toBe(before)
  expect(digestAnew(value).hash).not.toBe(before)
})

test('C1 a key depends on type, version and every part', () => {
  const part = (text: string) => new Map([['a', text]])
  const keys = [
    keyOf('x', 1, part('1')),
    keyOf('y', 1, part('1')),
    keyOf('x', 2, part('1')),
    keyOf('x', 1, part('2')),
    keyOf('x', 1, new Map([['b', '1']])),
    keyOf('x', 1, new Map()),
  ]
  expect(new Set(keys).size).toBe(keys.length)
})

test('C1 what a thousand values share is read once', () => {
  let reads = 0
  const schedule = new Proxy({ sampler: 'ddim' }, { ownKeys: (target) => (reads++, Reflect.ownKeys(target)) })
  const steps = Array.from({ length: 1000 }, (_, index) => ({ index, schedule }))
  digestOf(steps)
  for (const step of steps) digestOf(step)
  expect(reads).toBe(1)
})
