/** Moving and stretching boxes by hand. Boxes are x0 y0 x1 y1 as fractions of the picture. */
import type { DrawnBox } from '#nodes/boxes.ts'
import { withoutEntry } from '../document/record.ts'

export type Box = DrawnBox['box']

export interface Spot {
  readonly x: number
  readonly y: number
}

/** Which edges a handle pulls: −1 the left or upper, 1 the right or lower, 0 none. */
export interface Handle {
  readonly x: -1 | 0 | 1
  readonly y: -1 | 0 | 1
}

export const handles: readonly Handle[] = [
  { x: -1, y: -1 },
  { x: 0, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
  { x: -1, y: 1 },
  { x: -1, y: 0 },
]

/** No box made by hand is narrower or lower than this. */
export const smallestSide = 0.02

/** A ten-thousandth of the picture: finer than a pixel, short enough to read. */
export function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

export function clamp(value: number, least = 0, most = 1): number {
  return Math.min(Math.max(value, least), most)
}

const finite = (value: number) => (Number.isFinite(value) ? clamp(value, -1000, 1000) : 0)

/** The same area with its corners in order. */
export function upright([x0, y0, x1, y1]: Box): Box {
  const [a, b, c, d] = [finite(x0), finite(y0), finite(x1), finite(y1)]
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
}

/** Both ends of a side, inside the picture and never closer than the smallest side. */
function side(low: number, high: number): readonly [number, number] {
  const from = rounded(clamp(low, 0, 1 - smallestSide))
  return [from, rounded(clamp(high, from + smallestSide, 1))]
}

function box(x: readonly [number, number], y: readonly [number, number]): Box {
  return [x[0], y[0], x[1], y[1]]
}

/** The box moved as far as the picture allows; its size stays. */
export function moveBox(from: Box, dx: number, dy: number): Box {
  const [x0, y0, x1, y1] = upright(from)
  const slide = (low: number, high: number, by: number) => {
    const start = clamp(low + finite(by), 0, Math.max(0, 1 - (high - low)))
    return side(start, start + (high - low))
  }
  return box(slide(x0, x1, dx), slide(y0, y1, dy))
}

/** The box with the handle's edges pulled to a spot; an edge stops before it would meet the other. */
export function resizeBox(from: Box, handle: Handle, to: Spot): Box {
  const [x0, y0, x1, y1] = upright(from)
  return box(pull(x0, x1, handle.x, finite(to.x)), pull(y0, y1, handle.y, finite(to.y)))
}

function pull(low: number, high: number, which: -1 | 0 | 1, to: number): readonly [number, number] {
  if (which < 0) return side(Math.min(to, high - smallestSide), high)
  if (which > 0) return side(low, Math.max(to, low + smallestSide))
  return side(low, high)
}

/** The same with the proportions kept: the corner opposite to the handle stays where it is. */
export function scaleBox(from: Box, handle: Handle, to: Spot): Box {
  const [x0, y0, x1, y1] = upright(from)
  if (!handle.x || !handle.y) return resizeBox(from, handle, to)
  const [width, height] = [Math.max(x1 - x0, smallestSide), Math.max(y1 - y0, smallestSide)]
  const [fixedX, fixedY] = [handle.x < 0 ? x1 : x0, handle.y < 0 ? y1 : y0]
  const wanted = Math.max(
    ((finite(to.x) - fixedX) * handle.x) / width,
    ((finite(to.y) - fixedY) * handle.y) / height,
    smallestSide / Math.min(width, height),
  )
  const room = (fixed: number, way: number) => (way < 0 ? fixed : 1 - fixed)
  const factor = Math.min(wanted, room(fixedX, handle.x) / width, room(fixedY, handle.y) / height)
  return resizeBox(from, handle, {
    x: fixedX + handle.x * width * factor,
    y: fixedY + handle.y * height * factor,
  })
}

/** The box between two spots, inside the picture; null while it is too small to mean one. */
export function drawBox(from: Spot, to: Spot): Box | null {
  const [x0, y0, x1, y1] = upright([from.x, from.y, to.x, to.y]).map((value) =>
    clamp(value),
  ) as unknown as Box
  if (x1 - x0 < smallestSide || y1 - y0 < smallestSide) return null
  return box(side(x0, x1), side(y0, y1))
}

/** A box in the middle, beside those that stand there already. */
export function freshBox(entities: readonly DrawnBox[]): Box {
  const taken = ([x0, y0]: Box) => entities.some(({ box: other }) => other[0] === x0 && other[1] === y0)
  for (let step = 0; step < 10; step++) {
    const found = moveBox([0.3, 0.3, 0.6, 0.6], step * 0.04, step * 0.04)
    if (!taken(found)) return found
  }
  return [0.3, 0.3, 0.6, 0.6]
}

const areaOf = ([x0, y0, x1, y1]: Box) => (x1 - x0) * (y1 - y0)

/** Indexes from the largest box to the smallest: drawn so, a box inside another can be reached. */
export function drawingOrder(entities: readonly DrawnBox[]): number[] {
  const size = (index: number) => areaOf(upright(entities[index]?.box ?? [0, 0, 0, 0]))
  return entities.map((_, index) => index).sort((a, b) => size(b) - size(a))
}

/**
 * The box at a spot: the smallest that can be seen and moved. `below` asks for the one under it, and from the last one
 * comes back to the first.
 */
export function boxAt(
  entities: readonly DrawnBox[],
  { x, y }: Spot,
  below: number | null = null,
): number | null {
  const covers = (index: number) => {
    const entity = entities[index]
    if (!entity || entity.hidden || entity.locked) return false
    const [x0, y0, x1, y1] = upright(entity.box)
    return x >= x0 && x <= x1 && y >= y0 && y <= y1
  }
  const found = drawingOrder(entities).reverse().filter(covers)
  const next = below === null ? 0 : found.indexOf(below) + 1
  return found[next] ?? found[0] ?? null
}

/** How much of two boxes is common to both: 0 apart, 1 the same. */
export function overlapOf(a: Box, b: Box): number {
  const [p, q] = [upright(a), upright(b)]
  const width = Math.min(p[2], q[2]) - Math.max(p[0], q[0])
  const height = Math.min(p[3], q[3]) - Math.max(p[1], q[1])
  if (width <= 0 || height <= 0) return 0
  return (width * height) / (areaOf(p) + areaOf(q) - width * height)
}

/** Where a side's edge comes to when it is nudged by whole pixels of a picture `pixels` long. */
export function nudged(value: number, by: number, pixels: number): number {
  return (Math.round(value * pixels) + by) / pixels
}

/** The list with one box replaced. */
export function withBox(entities: readonly DrawnBox[], index: number, box: Box): DrawnBox[] {
  return entities.map((entity, other) => (other === index ? { ...entity, box } : entity))
}

export function withPhrase(entities: readonly DrawnBox[], index: number, phrase: string): DrawnBox[] {
  return entities.map((entity, other) => (other === index ? { ...entity, phrase } : entity))
}

/** The list with a picture set to one box, or taken from it. */
export function withImage(entities: readonly DrawnBox[], index: number, image: string | null): DrawnBox[] {
  return entities.map((entity, other) => {
    if (other !== index) return entity
    return image === null
      ? (withoutEntry({ ...entity }, 'image') as unknown as DrawnBox)
      : { ...entity, image }
  })
}

/** What a file holds as boxes, as far as it can be drawn. */
export function readBoxes(value: unknown): DrawnBox[] {
  if (!Array.isArray(value)) return []
  return value.filter(isEntity)
}

function isEntity(value: unknown): value is DrawnBox {
  const { phrase, box } = (value ?? {}) as { phrase?: unknown; box?: unknown }
  return (
    typeof phrase === 'string' &&
    Array.isArray(box) &&
    box.length === 4 &&
    box.every((n) => typeof n === 'number')
  )
}
