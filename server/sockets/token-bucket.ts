/** So many at once, and as many again each minute, spread evenly. */
export class TokenBucket {
  readonly #perMinute: number
  readonly #now: () => number
  #tokens: number
  #filled: number

  /** @param now milliseconds of a clock that never goes back */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute
    this.#now = now
    this.#tokens = perMinute
    this.#filled = now()
  }

  /** Whether there were so many to take; else none is taken. */
  take(wanted = 1): boolean {
    const now = this.#now()
    this.#tokens = Math.min(this.#perMinute, this.#tokens + ((now - this.#filled) * this.#perMinute) / 60_000)
    this.#filled = now
    if (this.#tokens < wanted) return false
    this.#tokens -= wanted
    return true
  }
}
