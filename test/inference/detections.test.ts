import { describe, expect, test } from 'vitest'
import {
  figureBox,
  intersectionOverUnion,
  keypointSimilarity,
  suppressed,
  type Detection,
} from '#inference/detections.ts'

describe('intersectionOverUnion', () => {
  test.each([
    ['the same box', [0, 0, 0.5, 0.5], 1],
    ['half of the box', [0, 0, 0.25, 0.5], 0.5],
    ['a quarter shared on each side', [0.25, 0.25, 0.75, 0.75], 0.0625 / 0.4375],
    ['a box that only touches', [0.5, 0, 1, 0.5], 0],
    ['a box without area', [0.1, 0.1, 0.1, 0.4], 0],
  ] as const)('with %s', (_name, other, expected) => {
    expect(intersectionOverUnion([0, 0, 0.5, 0.5], other)).toBeCloseTo(expected, 12)
  })
})

test('of boxes of one kind that overlap only the surest stays; another kind may lie over it', () => {
  const at = (kind: string, score: number, x: number): Detection => ({
    kind,
    score,
    box: [x, 0, x + 0.4, 0.4],
  })
  const all = [at('cat', 0.6, 0.05), at('cat', 0.9, 0), at('dog', 0.5, 0.02), at('cat', 0.4, 0.6)]
  expect(suppressed(all, 0.5).map(({ kind, score }) => [kind, score])).toEqual([
    ['cat', 0.9],
    ['dog', 0.5],
    ['cat', 0.4],
  ])
})

describe('keypointSimilarity', () => {
  const figure = Array.from({ length: 17 }, (_, i) => [0.2 + 0.025 * i, 0.1 + 0.05 * (i % 9)] as const)
  const sigmas = Array<number>(17).fill(0.1)

  test('is 1 for the pose that was asked for, and only the keypoints that are there count', () => {
    expect(keypointSimilarity(figure, figure)).toBe(1)
    const half = figure.map((point, i) => (i < 4 ? point : ([0, 0] as const)))
    const elsewhere = figure.map((point, i) => (i < 4 ? point : ([0.9, 0.9] as const)))
    expect(keypointSimilarity(half, elsewhere)).toBe(1)
  })

  test('falls as COCO says: exp(−d²/2s²k²) with k = 2σ and s² the area of the figure', () => {
    // The figure's box is 0.4 × 0.4, so s² = 0.16; with σ = 0.1 and d = 0.08 the exponent is 0.0064 / (2·0.16·0.04) = 0.5.
    const shifted = figure.map(([x, y]) => [x + 0.08, y] as const)
    expect(keypointSimilarity(figure, shifted, sigmas)).toBeCloseTo(Math.exp(-0.5), 6)
  })

  test('is nothing for a figure without keypoints', () => {
    expect(keypointSimilarity(Array<readonly [number, number]>(17).fill([0, 0]), figure)).toBeNull()
    expect(figureBox(Array<readonly [number, number]>(17).fill([0, 0]))).toBeNull()
  })
})
