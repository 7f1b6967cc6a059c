/** Which node's code runs in the runner right now, and which runs for too long: it cannot be asked to stop, only be ended. */
export class CallClock {
  readonly #mostMs: number
  readonly #onOverdue: (node: string | null) => void
  readonly #calls = new Map<number, { readonly node: string | null; readonly timer: NodeJS.Timeout }>()
  #newest: string | null = null

  /** @param mostMs how long one call of a node's code may take */
  constructor(mostMs: number, onOverdue: (node: string | null) => void) {
    this.#mostMs = mostMs
    this.#onOverdue = onOverdue
  }

  /** The node whose code runs; where several do, or none does any more, the one that began last. null before the first. */
  get node(): string | null {
    return [...this.#calls.values()].at(-1)?.node ?? this.#newest
  }

  /** @param node null where the runner does something else for the job */
  begin(call: number, node: string | null): void {
    this.#newest = node
    const timer = setTimeout(() => this.#onOverdue(node), this.#mostMs)
    this.#calls.set(call, { node, timer })
  }

  end(call: number): void {
    clearTimeout(this.#calls.get(call)?.timer)
    this.#calls.delete(call)
  }

  /** The job is over. */
  clear(): void {
    for (const call of this.#calls.keys()) this.end(call)
    this.#newest = null
  }
}
