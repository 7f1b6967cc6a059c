import { describe, expect, test } from 'vitest'
import {
  apartFrom,
  averagePrecision,
  marginOfAp50,
  type Guess,
  type Truth,
} from '#server/eval/average-precision.ts'

const unit = [0, 0, 0.5, 0.5] as const
const other = [0.5, 0.5, 1, 1] as const

function truth(kind: string, box: Truth['box'] = unit, picture = 0): Truth {
  return { picture, kind, box }
}
function guess(kind: string, score: number, box: Truth['box'] = unit, picture = 0): Guess {
  return { picture, kind, score, box }
}

describe('averagePrecision', () => {
  test('is 1 when every box is found and nothing else', () => {
    const truths = [truth('cat'), truth('dog', other)]
    expect(averagePrecision(truths, [guess('cat', 0.9), guess('dog', 0.3, other)])).toEqual({
      ...{ ap: 1, ap50: 1, ap75: 1, boxes: 2 },
    })
  })

  test('counts a box that is filled by six tenths at three of ten overlaps', () => {
    const { ap, ap50, ap75 } = averagePrecision([truth('cat')], [guess('cat', 0.9, [0, 0, 0.3, 0.5])])
    expect([ap50, ap75]).toEqual([1, 0])
    expect(ap).toBeCloseTo(3 / 10, 12)
  })

  test('halves the precision of a box that is found after a wrong guess', () => {
    const truths = [truth('cat'), truth('cat', other)]
    const guesses = [guess('cat', 0.9, [0.6, 0, 0.9, 0.3]), guess('cat', 0.8)]
    // Recall reaches 0.5 at precision 1/2: 51 of the 101 recalls.
    expect(averagePrecision(truths, guesses).ap50).toBeCloseTo((0.5 * 51) / 101, 12)
  })

  test('lets precision never rise with recall', () => {
    const truths = [truth('cat'), truth('cat', other)]
    const guesses = [guess('cat', 0.9), guess('cat', 0.8, [0.6, 0, 0.9, 0.3]), guess('cat', 0.7, other)]
    // Precision 1 up to recall 0.5, then 2/3.
    expect(averagePrecision(truths, guesses).ap50).toBeCloseTo((51 + (50 * 2) / 3) / 101, 12)
  })

  test('counts a second guess at the same box as wrong', () => {
    const truths = [truth('cat'), truth('cat', other)]
    const { ap50 } = averagePrecision(truths, [
      guess('cat', 0.9),
      guess('cat', 0.8),
      guess('cat', 0.7, other),
    ])
    expect(ap50).toBeCloseTo((51 + (50 * 2) / 3) / 101, 12)
  })

  test('does not let a guess in one picture find a box in another, nor a cat a dog', () => {
    expect(averagePrecision([truth('cat')], [guess('cat', 0.9, unit, 1)]).ap).toBe(0)
    expect(averagePrecision([truth('cat')], [guess('dog', 0.9)]).ap).toBe(0)
  })

  test('takes the mean over the kinds that were asked for, and no others', () => {
    const truths = [truth('cat'), truth('dog', other)]
    expect(averagePrecision(truths, [guess('cat', 0.9), guess('bus', 0.95)]).ap).toBeCloseTo(0.5, 12)
  })

  test('is nothing when nothing was asked for', () => {
    expect(averagePrecision([], [guess('cat', 0.9)])).toEqual({ ap: null, ap50: null, ap75: null, boxes: 0 })
  })
})

test('a guess at what was there before is left out; one elsewhere, of another kind or in another picture stays', () => {
  const before = guess('cat', 0.9, [0, 0, 0.4, 0.5])
  const others = [guess('cat', 0.9, other), guess('dog', 0.9), guess('cat', 0.9, unit, 1)]
  expect(apartFrom([truth('cat')], [before, ...others])).toEqual(others)
})

describe('marginOfAp50', () => {
  /** Pictures of one cat each; in every second one it is found. */
  function half(pictures: number): [Truth[], Guess[], number] {
    const all = Array.from({ length: pictures }, (_, picture) => picture)
    return [
      all.map((picture) => truth('cat', unit, picture)),
      all.filter((picture) => picture % 2 === 0).map((picture) => guess('cat', 0.9, unit, picture)),
      pictures,
    ]
  }

  test('is that of a share where every guess is right: near 1.96 √(p(1-p)/n)', () => {
    const margin = marginOfAp50(...half(100))
    expect(margin).toBeGreaterThan(0.098 * 0.8)
    expect(margin).toBeLessThan(0.098 * 1.2)
  })

  test('halves with four times the pictures', () => {
    const [few, many] = [marginOfAp50(...half(100)), marginOfAp50(...half(400))]
    expect((few ?? 0) / (many ?? 1)).toBeGreaterThan(1.5)
    expect((few ?? 0) / (many ?? 1)).toBeLessThan(2.6)
  })

  test('is null where nothing was asked for', () => {
    expect(marginOfAp50([], [guess('cat', 0.9)], 1)).toBeNull()
  })
})
