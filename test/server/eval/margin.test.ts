import { expect, test } from 'vitest'
import { marginOf } from '#server/eval/margin.ts'
import { meanRow } from '#server/eval/section.ts'

/** So many pictures of four boxes each, all four found in every second one. */
function halfOf(pictures: number): number[][] {
  return Array.from({ length: pictures }, (_, i) => Array<number>(4).fill(i % 2))
}

test('the margin of a mean counts pictures, not the boxes in them, which stand or fall together', () => {
  const { nearest, '±': margin } = meanRow('nearest', halfOf(100))
  expect(nearest).toBe(0.5)
  // 1.96 √(p(1-p)/100); as if all 400 boxes were apart it would be half of that.
  expect(margin).toBeGreaterThan(0.098 * 0.8)
  expect(margin).toBeLessThan(0.098 * 1.2)
})

test('a picture of which nothing is measured changes neither the mean nor its margin', () => {
  expect(meanRow('nearest', [...halfOf(10), [], []])).toEqual(meanRow('nearest', halfOf(10)))
})

test.each([0, 1])('a share of %d is not certain: its margin is half of Wilson’s interval', (share) => {
  // Of 100 pictures from 0 to z²/(n + z²) = 3.7 %.
  const pictures = Array<number[]>(100).fill([share, share])
  expect(meanRow('nearest', pictures)).toEqual({ nearest: share, '±': expect.closeTo(0.0185, 4) as number })
})

test('the margin of one picture is wide', () => {
  expect(marginOf([0.6], ([value = 0]) => value)).toBeGreaterThan(0.3)
})

test('nothing measured has no mean and no margin', () => {
  expect(meanRow('nearest', [[], []])).toEqual({ nearest: null, '±': null })
})
