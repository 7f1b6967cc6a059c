import { describe, expect, it } from 'vitest'
import { seed } from '#nodes/seed.ts'

describe('seed', () => {
  it('keeps the largest seed exact when it is written as text', () => {
    expect(seed.parse('18446744073709551615')).toBe(2n ** 64n - 1n)
  })

  it('takes a plain number as well', () => {
    expect(seed.parse(7)).toBe(7n)
  })

  it.each([['18446744073709551616'], [-1], [0.5], ['7a'], [''], [2 ** 60]])(
    'refuses %j with the range it accepts',
    (value) => {
      expect(seed.safeParse(value).error?.issues[0]?.message).toMatch(/0 to 18446744073709551615/)
    },
  )
})
