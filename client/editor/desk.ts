/** What commands act on: the graph as it is shown, and the page around it. Each registers itself when it is there. */
import { shallowRef } from 'vue'
import type { Point } from '../document/queries.ts'
import type { Rect } from './geometry.ts'
import type { ShownLink } from './links.ts'
import type { Socket } from './sockets.ts'

/** What a menu was opened on. */
export interface Target {
  readonly place: 'node' | 'note' | 'link' | 'reroute' | 'frame' | 'ground'
  /** On the graph. */
  readonly at: Point
  /** Of a link: after how many of its reroute points, where a place on it was meant. Of a frame: which one. */
  readonly index?: number
}

export type FinderKind = 'node' | 'link' | 'command' | 'port'

export interface GraphHandle {
  /** Shows all of these items; everything where none is named. */
  fit(keys?: readonly string[]): void
  /** Shows a node large enough to edit it. */
  reveal(id: string): void
  /** Brings an item to the middle where it is out of sight. */
  bringIntoSight(key: string): void
  zoomBy(factor: number): void
  zoomTo(k: number): void
  focus(): void
  rectOf(key: string): Rect | null
  links(): readonly ShownLink[]
  /** Where something new goes: under the pointer, or in the middle. */
  here(): Point
  openPalette(at: Point, origin?: Socket | null): void
  openFinder(kind: FinderKind): void
  openMenu(): void
}

export const desk: { graph: GraphHandle | null } = { graph: null }

/** Key of the item whose name or text is being typed: a node, a note, or `frame:<index>`. */
export const renaming = shallowRef<string | null>(null)

/** Whether the sheet of keys is open. */
export const sheetOpen = shallowRef(false)
