/** How much of the queue each visitor holds, so that none fills it alone. In memory: after a start nobody holds anything. */
export class WaitingShares {
  readonly #most: number
  readonly #holders = new Map<string, string>()
  /** Jobs that are on their way into the queue. */
  readonly #coming = new Set<string>()

  constructor(most: number) {
    this.#most = most
  }

  /**
   * Adds a job for a visitor, unless that holds its share already.
   *
   * @param waiting the jobs in the queue, as it is now
   * @returns what `add` gives; null when the share is full
   */
  async within<T>(
    visitor: string,
    job: string,
    waiting: readonly string[],
    add: () => Promise<T>,
  ): Promise<T | null> {
    const there = new Set([...waiting, ...this.#coming])
    for (const held of this.#holders.keys()) if (!there.has(held)) this.#holders.delete(held)
    if ([...this.#holders.values()].filter((holder) => holder === visitor).length >= this.#most) return null
    this.#holders.set(job, visitor)
    this.#coming.add(job)
    try {
      return await add()
    } finally {
      this.#coming.delete(job)
    }
  }
}
