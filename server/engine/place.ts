/** Where in a run a node runs: in which iteration of its loop, and for which item of a list. */

/** 0-based. */
export interface Turn {
  readonly index: number
  readonly total: number
}

export interface Place {
  /** null outside loops. */
  readonly iteration: Turn | null
  /** null where no list is taken item by item. */
  readonly item: Turn | null
}

/** Outside loops and lists. */
export const once: Place = { iteration: null, item: null }
