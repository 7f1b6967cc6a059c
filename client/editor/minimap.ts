/** The small map of the whole graph. */
import { shallowRef } from 'vue'
import { boundsOf, grown, type Rect } from './geometry.ts'

export const minimapOpen = shallowRef(true)

export const mapWidth = 168
export const mapHeight = 108
const pad = 60
/** From the lower left corner of the graph. */
export const mapInset = 10

/** Where the map lies over the graph, in pixels of the screen. */
export function mapPlace(height: number): Rect {
  return { x: mapInset, y: height - mapHeight - mapInset, width: mapWidth, height: mapHeight }
}

export interface MapScale {
  /** What the map shows, on the graph. */
  readonly area: Rect
  /** Pixels of the map per pixel of the graph. */
  readonly k: number
}

/** The scale at which everything, and what is looked at now, is on the map. */
export function mapScale(rects: readonly Rect[], seen: Rect): MapScale {
  const bounds = grown(boundsOf([...rects, seen]) ?? seen, pad)
  const k = Math.min(mapWidth / bounds.width, mapHeight / bounds.height)
  const [width, height] = [mapWidth / k, mapHeight / k]
  const area = {
    x: bounds.x - (width - bounds.width) / 2,
    y: bounds.y - (height - bounds.height) / 2,
    width,
    height,
  }
  return { area, k }
}
