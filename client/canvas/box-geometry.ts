/** Moving and stretching boxes by hand. Boxes are x0 y0 x1 y1 as fractions of the picture. */
import type { DrawnBox } from '#nodes/boxes.ts'

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

export const smallestSide = 0.02

/** A thousandth of the picture: finer than a hand, coarse enough to read. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}

function clamp(value: number, least = 0, most = 1): number {
  return Math.min(Math.max(value, least), most)
}

/** The same area with its corners in order. */
export function upright([x0, y0, x1, y1]: Box): Box {
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)]
}

/** The box moved as far as the picture allows; its size stays. */
export function moveBox(box: Box, dx: number, dy: number): Box {
  const [x0, y0, x1, y1] = upright(box)
  const x = rounded(clamp(x0 + dx, 0, Math.max(0, 1 - (x1 - x0))))
  const y = rounded(clamp(y0 + dy, 0, Math.max(0, 1 - (y1 - y0))))
  return [x, y, rounded(Math.min(1, x + (x1 - x0))), rounded(Math.min(1, y + (y1 - y0)))]
}

/** The box with the handle's edges pulled to a spot; an edge stops before it would meet the other. */
export function resizeBox(box: Box, handle: Handle, to: Spot): Box {
  const [x0, y0, x1, y1] = upright(box)
  const left = handle.x < 0 ? clamp(to.x, 0, Math.max(0, x1 - smallestSide)) : x0
  const right = handle.x > 0 ? clamp(to.x, Math.min(1, x0 + smallestSide), 1) : x1
  const top = handle.y < 0 ? clamp(to.y, 0, Math.max(0, y1 - smallestSide)) : y0
  const bottom = handle.y > 0 ? clamp(to.y, Math.min(1, y0 + smallestSide), 1) : y1
  return [rounded(left), rounded(top), rounded(right), rounded(bottom)]
}

/** The box between two spots, inside the picture; null while it is too small to mean one. */
export function drawBox(from: Spot, to: Spot): Box | null {
  const [x0, y0, x1, y1] = upright([clamp(from.x), clamp(from.y), clamp(to.x), clamp(to.y)])
  if (x1 - x0 < smallestSide || y1 - y0 < smallestSide) return null
  return [rounded(x0), rounded(y0), rounded(x1), rounded(y1)]
}

/** Indexes from the largest box to the smallest: drawn so, a box inside another can be reached. */
export function drawingOrder(entities: readonly DrawnBox[]): number[] {
  const area = ([x0, y0, x1, y1]: Box) => Math.abs((x1 - x0) * (y1 - y0))
  const size = (index: number) => area(entities[index]?.box ?? [0, 0, 0, 0])
  return entities.map((_, index) => index).sort((a, b) => size(b) - size(a))
}

/** The list with one box replaced. */
export function withBox(entities: readonly DrawnBox[], index: number, box: Box): DrawnBox[] {
  return entities.map((entity, other) => (other === index ? { ...entity, box } : entity))
}

export function withPhrase(entities: readonly DrawnBox[], index: number, phrase: string): DrawnBox[] {
  return entities.map((entity, other) => (other === index ? { ...entity, phrase } : entity))
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
