/**
 * Decides which previews are worth drawing, so that a fast loop shows several, a slow one shows every step, and drawing
 * stays a small share of the run.
 */

const gapMs = 100
/** Drawing may take this share of the time since the loop began, so that it goes on until the end … */
const share = 0.1
/** … and this much on top, so that a loop of a fraction of a second still shows something. */
const allowanceMs = 250

export interface StepPlace {
  /** 0-based. */
  readonly step: number
  readonly total: number
}

export class PreviewPace {
  readonly #now: () => number
  #begin: number
  #firstStep = 0
  #lastStep = Infinity
  #lastAt = -Infinity
  #quarter = -1
  #spentMs = 0
  #costMs = 0

  constructor(now: () => number) {
    this.#now = now
    this.#begin = now()
  }

  /**
   * Whether to draw now. The first and the last step always; between them, whenever the last preview is 100 ms old or
   * a new quarter of the steps begins, as long as drawing has taken no more than its share.
   */
  isDue(at: StepPlace | null): boolean {
    const now = this.#now()
    if (at) this.#enter(at.step, now)
    const isEdge = at !== null && (at.step === this.#firstStep || at.step >= at.total - 1)
    const isTime = now - this.#lastAt >= gapMs || quarterOf(at) > this.#quarter
    return isEdge || (isTime && this.#spentMs + this.#costMs <= allowanceMs + share * (now - this.#begin))
  }

  /** Notes that a preview was drawn since `begin`, a time of the clock. */
  drew(begin: number, at: StepPlace | null): void {
    this.#lastAt = this.#now()
    this.#costMs = this.#lastAt - begin
    this.#spentMs += this.#costMs
    this.#quarter = quarterOf(at)
  }

  /** Steps only grow inside a loop, so a smaller one begins another. */
  #enter(step: number, now: number): void {
    const isNew = step < this.#lastStep
    this.#lastStep = step
    if (!isNew) return
    this.#begin = now
    this.#firstStep = step
    this.#quarter = -1
    this.#spentMs = 0
  }
}

function quarterOf(at: StepPlace | null): number {
  return at ? Math.floor((4 * at.step) / at.total) : 0
}
