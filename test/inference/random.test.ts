import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gaussian, maxSeed, naturalLogarithm, philox } from '#inference/random.ts'

describe('Philox4x32-10', () => {
  // The known answers that the authors publish with Random123.
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published answer to counter %j', (counter, key, expected) => {
    expect(philox(counter, key)).toEqual(expected)
  })
})

describe('the logarithm', () => {
  test('agrees with the platform to the last digits', () => {
    const positive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true })
    fc.assert(
      fc.property(positive, (x) => {
        const expected = Math.log(x)
        expect(Math.abs(naturalLogarithm(x) - expected)).toBeLessThanOrEqual(
          4e-16 * Math.max(1, Math.abs(expected)),
        )
      }),
      { numRuns: 2000 },
    )
  })

  test('keeps its digits near 1', () => {
    for (const x of [1, 1 - 2 ** -53, 1 + 2 ** -52, 0.999999, 1.000001])
      expect(Math.abs(naturalLogarithm(x) - Math.log(x))).toBeLessThanOrEqual(1e-15 * Math.abs(Math.log(x)))
  })
})

describe('noise', () => {
  test('is the same on every machine', () => {
    const { data } = gaussian(12345678901234567890n, [4, 1000])
    expect(createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex')).toBe(
      '2aac6d6bf76bd31ca3c18cf01538ab018c0b33c8e70267ab5c34e86d02d6c298',
    )
  })

  test('has mean 0, variance 1, and the tails of a Gaussian', () => {
    const { data } = gaussian(1n, [200_000])
    const moment = (power: number) => data.reduce((sum, value) => sum + value ** power, 0) / data.length
    expect(moment(1)).toBeCloseTo(0, 2)
    expect(moment(2)).toBeCloseTo(1, 1)
    expect(moment(3)).toBeCloseTo(0, 1)
    expect(moment(4)).toBeCloseTo(3, 0)
    expect(data.filter((value) => Math.abs(value) > 2).length / data.length).toBeCloseTo(0.0455, 2)
  })

  test('differs by seed, also where two seeds differ only beyond 2^53', () => {
    const first = (seed: bigint) => gaussian(seed, [4]).data
    expect(first(maxSeed)).not.toEqual(first(maxSeed - 1n))
    expect(first(2n ** 53n)).not.toEqual(first(2n ** 53n + 1n))
  })

  test('differs by stream', () => {
    expect(gaussian(1n, [4], 1).data).not.toEqual(gaussian(1n, [4], 2).data)
  })

  test('of a larger picture begins with that of a smaller one', () => {
    expect(gaussian(9n, [64]).data.slice(0, 7)).toEqual(gaussian(9n, [7]).data)
  })

  test('asks for a seed of 64 bits', () => {
    expect(() => gaussian(-1n, [1])).toThrow(
      'Cannot draw noise: seed -1 is not between 0 and 18446744073709551615',
    )
    expect(() => gaussian(maxSeed + 1n, [1])).toThrow('Cannot draw noise: seed 18446744073709551616')
    expect(() => gaussian(0n, [1], 0.5)).toThrow('Cannot draw noise: stream 0.5 is no whole number')
  })
})
