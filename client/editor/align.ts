/** Lining items up, and spreading them evenly. Gives for each how far it is to move. */
import type { Point } from '../document/queries.ts'
import { boundsOf, type Rect } from './geometry.ts'

export type Edge = 'left' | 'right' | 'top' | 'bottom'
export type Axis = 'across' | 'down'

export interface Placed {
  readonly key: string
  readonly rect: Rect
}

export type Moves = ReadonlyMap<string, Point>

/** Brings one edge of every item to that of the outermost. */
export function align(items: readonly Placed[], edge: Edge): Moves {
  const bounds = boundsOf(items.map(({ rect }) => rect))
  if (!bounds) return new Map()
  const by = ({ x, y, width, height }: Rect): Point => {
    switch (edge) {
      case 'left':
        return { x: bounds.x - x, y: 0 }
      case 'right':
        return { x: bounds.x + bounds.width - (x + width), y: 0 }
      case 'top':
        return { x: 0, y: bounds.y - y }
      case 'bottom':
        return { x: 0, y: bounds.y + bounds.height - (y + height) }
    }
  }
  return new Map(items.map(({ key, rect }) => [key, by(rect)]))
}

/** Makes the gaps between items equal; the first and the last stay where they are. */
export function distribute(items: readonly Placed[], axis: Axis): Moves {
  const start = ({ rect }: Placed) => (axis === 'across' ? rect.x : rect.y)
  const length = ({ rect }: Placed) => (axis === 'across' ? rect.width : rect.height)
  const sorted = items.toSorted((a, b) => start(a) - start(b))
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (!first || !last || sorted.length < 3) return new Map()
  const taken = sorted.reduce((sum, item) => sum + length(item), 0)
  const gap = (start(last) + length(last) - start(first) - taken) / (sorted.length - 1)
  let at = start(first)
  const moves = new Map<string, Point>()
  for (const item of sorted) {
    const by = Math.round(at - start(item))
    moves.set(item.key, axis === 'across' ? { x: by, y: 0 } : { x: 0, y: by })
    at += length(item) + gap
  }
  return moves
}

export type Direction = 'left' | 'right' | 'up' | 'down'

/** The item that one comes to by going in a direction: near, and more ahead than aside. */
export function neighbour(items: readonly Placed[], from: Rect, direction: Direction): string | null {
  const middle = ({ x, y, width, height }: Rect) => ({ x: x + width / 2, y: y + height / 2 })
  const start = middle(from)
  let best: { key: string; cost: number } | null = null
  for (const { key, rect } of items) {
    const { x, y } = middle(rect)
    const [dx, dy] = [x - start.x, y - start.y]
    const ahead = { left: -dx, right: dx, up: -dy, down: dy }[direction]
    const aside = Math.abs(direction === 'left' || direction === 'right' ? dy : dx)
    if (ahead <= 1) continue
    const cost = ahead + aside * 2
    if (!best || cost < best.cost) best = { key, cost }
  }
  return best?.key ?? null
}
