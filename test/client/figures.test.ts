import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isAbsent,
  keypointFaults,
  keypointNames,
  type DrawnFigure,
  type DrawnPoint,
} from '#nodes/keypoints.ts'
import {
  boundsOf,
  fitFigure,
  mirrorFigure,
  moveFigure,
  movePoint,
  readFigures,
  scaleFigure,
  toggleSeen,
} from '../../client/canvas/figure-geometry.ts'
import { dragged, pressed } from '../../client/canvas/figure-gesture.ts'
import { figureKey } from '../../client/canvas/figure-keys.ts'
import { posed, poseNames } from '../../client/canvas/poses.ts'

const hostile = fc.oneof(
  fc.double({ min: -2, max: 3, noNaN: true }),
  fc.constantFrom(NaN, Infinity, -Infinity, 1e308),
)
const grid = fc.integer({ min: 1, max: 10_000 }).map((n) => n / 10_000)
const anyPoint = fc.oneof(
  fc.tuple(grid, grid),
  fc.tuple(grid, grid, fc.constant(0)),
  fc.constant([0, 0] as const),
) as fc.Arbitrary<DrawnPoint>
const anyFigure: fc.Arbitrary<DrawnFigure> = fc
  .array(anyPoint, { minLength: 17, maxLength: 17 })
  .map((points) => ({ points }))
const frame = { x: 0.3, y: 0.1, width: 0.4, height: 0.8 }
const keys = { shift: false, control: false, alt: false }
const reach = { x: 0.02, y: 0.02 }
const waving = posed('waving', frame, 1)

const isInside = ({ points }: DrawnFigure) => points.every(([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1)
const seen = ({ points }: DrawnFigure) => points.map(isAbsent)

describe('a pose', () => {
  it.each(poseNames)('%s has 17 points inside its frame and no fault, at any proportions', (name) => {
    for (const ratio of [0.5, 1, 2]) {
      const figure = posed(name, frame, ratio)
      expect(keypointFaults([figure])).toEqual([])
      const [x0, y0, x1, y1] = boundsOf(figure) ?? []
      expect(figure.points).toHaveLength(keypointNames.length)
      expect(x0).toBeGreaterThanOrEqual(0.2999)
      expect(y0).toBeGreaterThanOrEqual(0.0999)
      expect(x1).toBeLessThanOrEqual(0.7001)
      expect(y1).toBeLessThanOrEqual(0.9001)
    }
  })
})

describe('a figure changed by hand', () => {
  it('stays inside the picture and shows the same points, whatever the numbers', () => {
    fc.assert(
      fc.property(anyFigure, hostile, hostile, (figure, a, b) => {
        for (const next of [moveFigure(figure, a, b), fitFigure(figure, [a, b, b, a])]) {
          expect(isInside(next)).toBe(true)
          expect(seen(next)).toEqual(seen(figure))
        }
      }),
    )
  })

  it('stays inside the picture while it is scaled about its middle', () => {
    fc.assert(
      fc.property(anyFigure, fc.double({ min: 0.01, max: 50, noNaN: true }), (figure, factor) => {
        expect(isInside(scaleFigure(figure, factor))).toBe(true)
      }),
    )
  })

  it('is itself again when it is mirrored twice', () => {
    fc.assert(
      fc.property(anyFigure, (figure) => {
        const twice = mirrorFigure(mirrorFigure(figure))
        expect(seen(twice)).toEqual(seen(figure))
        twice.points.forEach(([x, y], index) => {
          expect(x).toBeCloseTo(figure.points[index]?.[0] ?? NaN, 3)
          expect(y).toBeCloseTo(figure.points[index]?.[1] ?? NaN, 3)
        })
      }),
    )
  })

  it('waves with the other hand in the mirror', () => {
    const mirrored = mirrorFigure(waving)
    const height = (figure: DrawnFigure, point: number) => figure.points[point]?.[1] ?? NaN
    expect(height(waving, 9)).toBeLessThan(height(waving, 10))
    expect(height(mirrored, 10)).toBeLessThan(height(mirrored, 9))
  })

  it('never puts a point where absence is written', () => {
    expect(isAbsent(movePoint(waving, 0, { x: -1, y: -1 }).points[0] ?? [0, 0])).toBe(false)
  })

  it('keeps the place of a hidden point, and finds one for an absent point', () => {
    const nose = waving.points[0]
    const hidden = toggleSeen(waving, 0)
    expect(hidden.points[0]).toEqual([nose?.[0], nose?.[1], 0])
    expect(toggleSeen(hidden, 0).points[0]).toEqual(nose)
    const absent = { points: waving.points.map((point, i) => (i === 9 ? ([0, 0] as const) : point)) }
    expect(keypointFaults([toggleSeen(absent, 9)])).toEqual([])
    expect(isAbsent(toggleSeen(absent, 9).points[9] ?? [0, 0])).toBe(false)
  })
})

describe('a hand on the figures', () => {
  it('poses the point it takes, and moves the figure where it takes none', () => {
    const [x, y] = waving.points[9] ?? [0, 0]
    const point = pressed([waving], { x, y }, 0, reach)
    expect(point).toMatchObject({ kind: 'point', point: 9 })
    const next = point && dragged(point, { x: x - 0.1, y: y + 0.1 }, keys).things?.[0]
    expect(next?.points[9]?.[0]).toBeCloseTo(x - 0.1, 4)
    expect(next?.points.slice(10)).toEqual(waving.points.slice(10))
    expect(pressed([waving], { x: 0.5, y: 0.45 }, 0, reach)).toMatchObject({ kind: 'move', index: 0 })
  })

  it('takes nothing of a figure that is locked or hidden', () => {
    const at = { x: 0.5, y: 0.45 }
    expect(
      pressed(
        [
          { ...waving, locked: true },
          { ...waving, hidden: true },
        ],
        at,
        0,
        reach,
      ),
    ).toBeNull()
  })
})

describe('a key on a figure', () => {
  const press = (key: string, point: number | null) =>
    figureKey(
      [waving],
      0,
      point,
      { key, shiftKey: key.startsWith('Arrow'), ctrlKey: false, metaKey: false, altKey: false, code: '' },
      { width: 100, height: 100 },
    )

  it('moves the whole of it, or the one point that has the focus', () => {
    const whole = press('ArrowDown', null)?.things[0]
    expect(boundsOf(whole ?? waving)?.[1]).toBeCloseTo(0.2, 2)
    const single = press('ArrowDown', 9)?.things[0]
    expect(single?.points.slice(10)).toEqual(waving.points.slice(10))
    expect(single?.points[9]?.[1]).toBeGreaterThan(waving.points[9]?.[1] ?? 1)
  })

  it('hides a point with V, and does nothing of the kind to the whole', () => {
    expect(isAbsent(press('v', 9)?.things[0]?.points[9] ?? [1, 1])).toBe(true)
    expect(press('v', null)).toBeNull()
  })
})

it('figures of a file are read as plain lists and as objects, and all else is passed over', () => {
  expect(readFigures([waving.points, waving, { points: [] }, null, 7])).toEqual([
    { points: waving.points },
    waving,
  ])
})
