/** What is still to be done of an order that never changes, where wishes come in while it is worked on. */

export class Agenda {
  readonly #order: readonly string[]
  readonly #position: ReadonlyMap<string, number>
  readonly #needs: (id: string) => Iterable<string>
  readonly #wanted: Uint8Array
  readonly #done: Uint8Array
  /** Nothing before it is both wanted and not done. */
  #cursor = 0

  /**
   * @param order each comes after all that it needs.
   * @param needs what cannot be left out when something is wanted; names that are not in the order are ignored.
   */
  constructor(order: readonly string[], needs: (id: string) => Iterable<string>) {
    this.#order = order
    this.#position = new Map(order.map((id, index) => [id, index]))
    this.#needs = needs
    this.#wanted = new Uint8Array(order.length)
    this.#done = new Uint8Array(order.length)
  }

  /** Adds these and all that they need. */
  want(ids: Iterable<string>): void {
    const open = [...ids]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const at = this.#position.get(id)
      if (at === undefined || this.#wanted[at]) continue
      this.#wanted[at] = 1
      if (!this.#done[at]) this.#cursor = Math.min(this.#cursor, at)
      open.push(...this.#needs(id))
    }
  }

  /** The first in the order that is wanted and not done. */
  next(): string | null {
    while (this.#cursor < this.#order.length && !(this.#wanted[this.#cursor] && !this.#done[this.#cursor]))
      this.#cursor++
    return this.#order[this.#cursor] ?? null
  }

  done(id: string): void {
    const at = this.#position.get(id)
    if (at !== undefined) this.#done[at] = 1
  }

  isWanted(id: string): boolean {
    return this.#wanted[this.#position.get(id) ?? -1] === 1
  }

  isDone(id: string): boolean {
    return this.#done[this.#position.get(id) ?? -1] === 1
  }

  /** Begins anew: nothing is wanted, nothing is done. */
  reset(): void {
    this.#wanted.fill(0)
    this.#done.fill(0)
    this.#cursor = 0
  }
}
