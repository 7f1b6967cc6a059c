import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '#workflows/limits.ts'
import { nearest } from '#workflows/nearest.ts'

/** Levenshtein's distance as its definition says it. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const [x, y] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return distance(x, y)
  return 1 + Math.min(distance(x, y), distance(x, b), distance(a, y))
}

const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 })

describe('the nearest name', () => {
  test('is one that differs in a third of its letters at most, and in none fewer', () => {
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 6 }), (given, known) => {
        const most = Math.max(2, Math.floor(given.length / 3))
        const distances = known.map((other) => distance(given, other))
        const least = Math.min(...distances)
        const wanted = least <= most ? known[distances.indexOf(least)] : null
        expect(nearest(given, known)).toBe(wanted ?? null)
      }),
    )
  })

  test.each([
    ['Strenght', 'strength'],
    ['a_very_long_name_of_a_node', 'a_vrey_long_name_of_a_node'],
    ['sampling/gated-unet', null],
    ['x'.repeat(limits.guessedLength), null],
  ])('of %s is %s', (given, wanted) => {
    expect(nearest(given, ['strength', 'a_vrey_long_name_of_a_node', 'sampling/steps'])).toBe(wanted)
  })

  test('is looked for among so many only, and for no longer name', () => {
    const others = Array.from({ length: limits.guesses - 1 }, (_, i) => `${i}`.repeat(9))
    expect(nearest('boxs', [...others, 'boxes'])).toBe('boxes')
    expect(nearest('boxs', ['zzzzzzzzz', ...others, 'boxes'])).toBe(null)
    const long = 'x'.repeat(limits.guessedLength)
    expect(nearest(long, [`${long}y`])).toBe(`${long}y`)
    expect(nearest(`${long}x`, [`${long}y`])).toBe(null)
  })
})
