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

  /** Whether there was one to take. */
  take(): boolean {
    const now = this.#now()
    this.#tokens = Math.min(this.#perMinute, this.#tokens + ((now - this.#filled) * this.#perMinute) / 60_000)
    this.#filled = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
