/** A drag over things on a canvas, boxes or figures, from press to release. */
import type { Spot } from './box-geometry.ts'

export interface Keys {
  readonly shift: boolean
  /** Ctrl, or ⌘ on a Mac. */
  readonly control: boolean
  readonly alt: boolean
}

export interface Gesture<T> {
  readonly from: Spot
  /** The thing that is drawn or changed; null until a new one is large enough to be one. */
  readonly index: number | null
  /** The list when the gesture began. */
  readonly before: readonly T[]
  readonly begun: boolean
}

/** The gesture and the list after the hand has come to a spot; the list is null while nothing has changed. */
export interface Dragged<T, G extends Gesture<T>> {
  readonly gesture: G
  readonly things: T[] | null
}
