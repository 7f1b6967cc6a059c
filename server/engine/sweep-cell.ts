/** One cell of a sweep, and what all cells have in common: it runs in the first that needs it and is kept for the others. */
import type { Cell } from '#workflows/sweep.ts'
import type { Outputs } from './cache.ts'

/** What earlier cells have left, by unit. */
export interface Left {
  readonly giver: string
  readonly outputs: Outputs | undefined
  /** The node whose failure is to blame where there are no outputs. */
  readonly because: string | undefined
}

export interface SweepCell {
  readonly cell: Cell
  /** Such as `seed = 3, on = 0.5`. */
  readonly words: string
  /** Whether a node gives the same in every cell, and so runs only once. */
  isShared(node: string): boolean
  keep(unit: string, giver: string, outputs: Outputs | undefined, because: string | undefined): void
  readonly left: ReadonlyMap<string, Left>
}
