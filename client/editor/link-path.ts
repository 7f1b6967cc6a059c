/** The curve of a link. */
import type { Point } from '../document/queries.ts'

export interface Curve {
  readonly from: Point
  readonly c1: Point
  readonly c2: Point
  readonly to: Point
}

/** A curve that leaves an output to the right and enters an input from the left. */
export function linkCurve(from: Point, to: Point): Curve {
  const bend = bendOf(from, to)
  return { from, c1: { x: from.x + bend, y: from.y }, c2: { x: to.x - bend, y: to.y }, to }
}

function bendOf(from: Point, to: Point): number {
  const across = to.x - from.x
  return across >= 0
    ? Math.max(across * 0.5, Math.min(30, Math.hypot(across, to.y - from.y) / 3))
    : Math.min(60 - across * 0.4, 220)
}

/** Curves from the first point to the last, smooth where they meet; of two points the plain curve of a link. */
export function curvesThrough(points: readonly Point[]): Curve[] {
  const last = points.length - 1
  const tangents = points.map((point, index) => {
    const before = points[index - 1] ?? point
    const after = points[index + 1] ?? point
    if (index === 0 || index === last) return { x: bendOf(before, after), y: 0 }
    return { x: (after.x - before.x) / 6, y: (after.y - before.y) / 6 }
  })
  return points.slice(1).flatMap((to, index) => {
    const [from, leave, enter] = [points[index], tangents[index], tangents[index + 1]]
    if (!from || !leave || !enter) return []
    const c1 = { x: from.x + leave.x, y: from.y + leave.y }
    const c2 = { x: to.x - enter.x, y: to.y - enter.y }
    return [{ from, c1, c2, to }]
  })
}

export function traceCurves(context: CanvasRenderingContext2D, curves: readonly Curve[]): void {
  context.beginPath()
  const [first] = curves
  if (first) context.moveTo(first.from.x, first.from.y)
  for (const { c1, c2, to } of curves) context.bezierCurveTo(c1.x, c1.y, c2.x, c2.y, to.x, to.y)
}

const samples = 24

/** Points along the curve, its ends included, near enough to each other to take it for straight between them. */
export function pointsOn({ from, c1, c2, to }: Curve): Point[] {
  return Array.from({ length: samples + 1 }, (_, index) => {
    const t = index / samples
    const u = 1 - t
    const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t]
    return {
      x: a * from.x + b * c1.x + c * c2.x + d * to.x,
      y: a * from.y + b * c1.y + c * c2.y + d * to.y,
    }
  })
}

/** The curve as SVG path data. */
export function curveData({ from, c1, c2, to }: Curve): string {
  return `M${from.x} ${from.y}C${c1.x} ${c1.y} ${c2.x} ${c2.y} ${to.x} ${to.y}`
}
