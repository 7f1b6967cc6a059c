/** Tells of the queue a moment after it changed, once for all that changed in that moment, until it is stopped. */
export class QueueTeller {
  readonly #ms: number
  readonly #tell: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, tell: () => void) {
    this.#ms = ms
    this.#tell = tell
  }

  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#tell()
    }, this.#ms).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
