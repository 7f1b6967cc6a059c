import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  keypointFaults,
  keypointNames,
  keypointsSchema,
  limbs,
  maxFigures,
  type Figure,
} from '#nodes/keypoints.ts'

const standing: Figure = keypointNames.map((_, i) => [0.4 + (i % 2) * 0.2, 0.1 + i * 0.05])

function withPoint(index: number, point: readonly [number, number]): Figure {
  return standing.map((old, i) => (i === index ? point : old))
}

describe('keypointFaults', () => {
  it('finds nothing wrong with a figure inside the picture, some of it hidden', () => {
    expect(keypointFaults([standing, withPoint(3, [0, 0])])).toEqual([])
  })

  it('names figure, keypoint, side and value of a keypoint that leaves the picture', () => {
    expect(keypointFaults([standing, withPoint(9, [1.2, Number.NaN])])).toMatchObject([
      {
        figure: 1,
        point: 9,
        message: 'figure 2 leaves the picture: x of the left wrist is 1.2, it must lie between 0 and 1',
      },
      {
        figure: 1,
        point: 9,
        message: 'figure 2 leaves the picture: y of the left wrist is NaN, it must lie between 0 and 1',
      },
    ])
  })

  it('says how many keypoints a figure needs', () => {
    expect(keypointFaults([standing.slice(1)]).map(({ message }) => message)).toEqual([
      'figure 1 has 16 keypoints, it needs 17; write [0, 0] for an absent one',
    ])
  })

  it('refuses a figure that is not there at all', () => {
    expect(keypointFaults([standing.map(() => [0, 0] as const)])).toHaveLength(1)
  })

  it('accepts the eighth figure and refuses the ninth', () => {
    const full = Array.from({ length: maxFigures }, () => standing)
    expect(keypointFaults(full)).toEqual([])
    expect(keypointFaults([...full, standing])).toMatchObject([
      {
        figure: 8,
        point: null,
        message: 'figure 9 is one too many: a picture holds at most 8 posed figures, remove it',
      },
    ])
  })
})

describe('a drawn figure', () => {
  it('does not mind where a keypoint is that is not seen', () => {
    const points = standing.map((point, i) => (i === 9 ? ([1.2, 0.5, 0] as const) : point))
    expect(keypointFaults([{ points }])).toEqual([])
  })

  it('has no faults and takes no place while it is off', () => {
    const full = Array.from({ length: maxFigures }, () => standing)
    expect(keypointFaults([{ points: standing, off: true }, ...full])).toEqual([])
  })

  it('is sent as places only, [0, 0] for what is not seen', () => {
    const points = standing.map((point, i) => (i === 0 ? ([0.5, 0.2, 0] as const) : point))
    const marked = { points, colour: '#ff0000', locked: true, hidden: true }
    expect(keypointsSchema.parse([marked, { points, off: true }])).toEqual([withPoint(0, [0, 0])])
  })

  it('is taken again as it was sent', () => {
    expect(keypointsSchema.parse(keypointsSchema.parse([{ points: standing }]))).toEqual([standing])
  })

  it('never makes the rules throw, whatever numbers a file holds', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -0, 1e308))
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { maxLength: 20 }), (points) => {
        expect(keypointFaults([{ points }]).every((fault) => fault.figure === 0)).toBe(true)
      }),
    )
  })
})

it('keypointsSchema points at the faulty keypoint', () => {
  const { error } = keypointsSchema.safeParse([standing, withPoint(2, [0.5, 3])])
  expect(error?.issues.map(({ path }) => path)).toEqual([[1, 2]])
})

it('limbs join every keypoint to the rest', () => {
  const reached = new Set([0])
  for (let round = 0; round < limbs.length; round++)
    for (const [a, b] of limbs) {
      if (reached.has(a)) reached.add(b)
      if (reached.has(b)) reached.add(a)
    }
  expect(reached.size).toBe(keypointNames.length)
})
