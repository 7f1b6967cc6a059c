import { describe, expect, it } from 'vitest'
import { gateCurve } from '#nodes/gate-strength.ts'

function curve(total: number, on: number, decay = 0): number[] {
  return gateCurve(total, { on, decay })
}

describe('gateCurve', () => {
  it('is full for the first τ of the steps and off afterwards', () => {
    expect(curve(10, 0.3)).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
  })

  it('is off for every step when τ is 0, and on for every step when it is 1', () => {
    expect(curve(4, 0)).toEqual([0, 0, 0, 0])
    expect(curve(4, 1)).toEqual([1, 1, 1, 1])
  })

  it('falls in equal parts to 0 where there is a decay', () => {
    expect(curve(10, 0.2, 0.4)).toEqual([1, 1, 0.75, 0.5, 0.25, 0, 0, 0, 0, 0])
  })

  it('counts whole steps where the fraction is not exact in binary', () => {
    expect(curve(10, 0.7).filter((beta) => beta === 1)).toHaveLength(7)
    expect(curve(100, 0.29).filter((beta) => beta === 1)).toHaveLength(29)
  })

  it('gives the decay only the steps that are left when both together ask for more', () => {
    expect(curve(4, 0.5, 0.9)).toEqual([1, 1, 0.5, 0])
  })
})
