/** Moving figures of keypoints by hand. Keypoints are x y as fractions of the picture. */
import { isAbsent, keypointNames, limbs, type DrawnFigure, type DrawnPoint } from '#nodes/keypoints.ts'
import { isRecord } from '../document/record.ts'
import { clamp, rounded, upright, type Box, type Spot } from './box-geometry.ts'
import { posed } from './poses.ts'

/** Whether a keypoint has a place, shown or not. */
export function hasPlace([x, y]: DrawnPoint): boolean {
  return !(x === 0 && y === 0)
}

/** The smallest rectangle around everything that has a place; null without any. */
export function boundsOf({ points }: DrawnFigure): Box | null {
  const placed = points.filter(hasPlace)
  if (placed.length === 0) return null
  const [xs, ys] = [placed.map(([x]) => x), placed.map(([, y]) => y)]
  return upright([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)])
}

/** A place on the picture; never [0, 0], which means absence. */
function placed(x: number, y: number, seen: number | undefined): DrawnPoint {
  const inside = (value: number) => rounded(clamp(Number.isFinite(value) ? value : 0))
  const [px, py] = [inside(x), inside(y)]
  const at = px === 0 && py === 0 ? ([0.0001, 0] as const) : ([px, py] as const)
  return seen === 0 ? [...at, 0] : at
}

function mapPoints(figure: DrawnFigure, to: (point: DrawnPoint) => Spot): DrawnFigure {
  const points = figure.points.map((point) => {
    if (!hasPlace(point)) return point
    const { x, y } = to(point)
    return placed(x, y, point[2])
  })
  return { ...figure, points }
}

/** One keypoint put somewhere, as far as the picture goes; one that was absent is there then. */
export function movePoint(figure: DrawnFigure, index: number, { x, y }: Spot): DrawnFigure {
  const points = figure.points.map((point, at) => (at === index ? placed(x, y, point[2]) : point))
  return { ...figure, points }
}

/** The figure moved as far as the picture allows; its size stays. */
export function moveFigure(figure: DrawnFigure, dx: number, dy: number): DrawnFigure {
  const bounds = boundsOf(figure)
  if (!bounds) return figure
  const slide = (low: number, high: number, by: number) =>
    clamp(low + (Number.isFinite(by) ? by : 0), 0, Math.max(0, 1 - (high - low))) - low
  const [mx, my] = [slide(bounds[0], bounds[2], dx), slide(bounds[1], bounds[3], dy)]
  return mapPoints(figure, ([x, y]) => ({ x: x + mx, y: y + my }))
}

/** The figure stretched from one rectangle into another; a figure without width or height stays in the middle. */
export function fitFigure(figure: DrawnFigure, into: Box): DrawnFigure {
  const from = boundsOf(figure)
  if (!from) return figure
  const [to] = [upright(into)]
  const map = (value: number, low: number, high: number, newLow: number, newHigh: number) =>
    high > low ? newLow + ((value - low) / (high - low)) * (newHigh - newLow) : (newLow + newHigh) / 2
  return mapPoints(figure, ([x, y]) => ({
    x: map(x, from[0], from[2], to[0], to[2]),
    y: map(y, from[1], from[3], to[1], to[3]),
  }))
}

/** The figure larger or smaller about its middle, as far as the picture allows. */
export function scaleFigure(figure: DrawnFigure, factor: number): DrawnFigure {
  const bounds = boundsOf(figure)
  if (!bounds) return figure
  const [x0, y0, x1, y1] = bounds
  const most = Math.min(1 / Math.max(x1 - x0, 0.001), 1 / Math.max(y1 - y0, 0.001))
  const least = Math.min(1, 0.04 / Math.max(x1 - x0, y1 - y0, 0.001))
  const by = clamp(factor, least, Math.max(most, least))
  const grown = (low: number, high: number): readonly [number, number] => {
    const [middle, half] = [(low + high) / 2, ((high - low) / 2) * by]
    const shift = Math.max(0, half - middle) - Math.max(0, middle + half - 1)
    return [middle - half + shift, middle + half + shift]
  }
  const [[left, right], [top, bottom]] = [grown(x0, x1), grown(y0, y1)]
  return fitFigure(figure, [left, top, right, bottom])
}

/** The keypoint of the other side: left and right take turns after the nose. */
export function otherSide(index: number): number {
  if (index === 0) return 0
  return index % 2 === 1 ? index + 1 : index - 1
}

/** The figure as in a mirror, in the same place: what its left did, its right does. */
export function mirrorFigure(figure: DrawnFigure): DrawnFigure {
  const bounds = boundsOf(figure)
  if (!bounds) return figure
  const sum = bounds[0] + bounds[2]
  const flipped = mapPoints(figure, ([x, y]) => ({ x: sum - x, y })).points
  return { ...figure, points: flipped.map((point, index) => flipped[otherSide(index)] ?? point) }
}

/** Shows a keypoint or hides it; a hidden one keeps its place, and an absent one gets that of a standing figure. */
export function toggleSeen(figure: DrawnFigure, index: number): DrawnFigure {
  const point = figure.points[index]
  if (!point) return figure
  const [x, y] = point
  const next: DrawnPoint = !hasPlace(point) ? guess(figure, index) : isAbsent(point) ? [x, y] : [x, y, 0]
  return { ...figure, points: figure.points.map((old, at) => (at === index ? next : old)) }
}

function guess(figure: DrawnFigure, index: number): DrawnPoint {
  const [x0, y0, x1, y1] = boundsOf(figure) ?? [0.35, 0.1, 0.65, 0.9]
  const model = posed('standing', { x: 0.1, y: 0.1, width: 0.8, height: 0.8 }, 1)
  const [x, y] = fitFigure(model, [x0, y0, x1, y1]).points[index] ?? [0.5, 0.5]
  return placed(x, y, undefined)
}

/** The nearest keypoint with a place within reach of a spot; null for none. `reach` is in fractions, across and down. */
export function pointAt({ points }: DrawnFigure, { x, y }: Spot, reach: Spot): number | null {
  let best: { index: number; far: number } | null = null
  points.forEach((point, index) => {
    if (!hasPlace(point)) return
    const far = Math.hypot((point[0] - x) / reach.x, (point[1] - y) / reach.y)
    if (far <= 1 && (!best || far < best.far)) best = { index, far }
  })
  return (best as { index: number } | null)?.index ?? null
}

/** The figure at a spot: the smallest that can be seen and moved and whose rectangle, widened by `reach`, holds it. */
export function figureAt(figures: readonly DrawnFigure[], { x, y }: Spot, reach: Spot): number | null {
  const found = figures.flatMap((figure, index) => {
    const bounds = figure.hidden || figure.locked ? null : boundsOf(figure)
    if (!bounds) return []
    const [x0, y0, x1, y1] = bounds
    const holds = x >= x0 - reach.x && x <= x1 + reach.x && y >= y0 - reach.y && y <= y1 + reach.y
    return holds ? [{ index, area: (x1 - x0) * (y1 - y0) }] : []
  })
  return found.toSorted((a, b) => a.area - b.area)[0]?.index ?? null
}

/** What a file holds as figures, as far as it can be drawn: plain lists of keypoints, and objects that hold them. */
export function readFigures(value: unknown): DrawnFigure[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    const figure = Array.isArray(item) ? { points: item as unknown } : item
    return isFigure(figure) ? [figure] : []
  })
}

function isFigure(value: unknown): value is DrawnFigure {
  if (!isRecord(value)) return false
  const { points } = value
  return Array.isArray(points) && points.length === keypointNames.length && points.every(isPoint)
}

function isPoint(value: unknown): value is DrawnPoint {
  return (
    Array.isArray(value) &&
    (value.length === 2 || value.length === 3) &&
    value.every((n) => typeof n === 'number')
  )
}

export type Side = 'left' | 'right' | 'middle'

/** Which side of the figure a keypoint is on. */
export function sideOf(point: number): Side {
  if (point === 0) return 'middle'
  return point % 2 === 1 ? 'left' : 'right'
}

export interface Limb {
  readonly from: DrawnPoint
  readonly to: DrawnPoint
  readonly side: Side
}

/** The limbs between keypoints that are shown. */
export function limbsOf({ points }: DrawnFigure): Limb[] {
  return limbs.flatMap(([a, b]) => {
    const [from, to] = [points[a], points[b]]
    if (!from || !to || isAbsent(from) || isAbsent(to)) return []
    return [{ from, to, side: sideOf(a) === sideOf(b) ? sideOf(a) : 'middle' }]
  })
}
