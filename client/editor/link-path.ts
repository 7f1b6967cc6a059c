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
  const across = to.x - from.x
  const bend =
    across >= 0
      ? Math.max(across * 0.5, Math.min(30, Math.hypot(across, to.y - from.y) / 3))
      : Math.min(60 - across * 0.4, 220)
  return { from, c1: { x: from.x + bend, y: from.y }, c2: { x: to.x - bend, y: to.y }, to }
}

export function traceCurve(context: CanvasRenderingContext2D, { from, c1, c2, to }: Curve): void {
  context.beginPath()
  context.moveTo(from.x, from.y)
  context.bezierCurveTo(c1.x, c1.y, c2.x, c2.y, to.x, to.y)
}

/** The curve as SVG path data. */
export function curveData({ from, c1, c2, to }: Curve): string {
  return `M${from.x} ${from.y}C${c1.x} ${c1.y} ${c2.x} ${c2.y} ${to.x} ${to.y}`
}
