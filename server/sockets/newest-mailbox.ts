/** What one socket is to be sent, of each kind only the newest: what a slow connection cannot take is replaced, never queued. */
export class NewestMailbox {
  readonly #newest = new Map<string, () => void>()
  readonly #isWritable: () => boolean

  /** @param isWritable whether what is sent now leaves now. */
  constructor(isWritable: () => boolean) {
    this.#isWritable = isWritable
  }

  /** @param key what the message is about: a newer one takes its place. */
  offer(key: string, send: () => void): void {
    this.#newest.set(key, send)
    this.flush()
  }

  /** Sends what waits, as far as the connection takes it. To be called whenever it can take more. */
  flush(): void {
    for (const [key, send] of this.#newest) {
      if (!this.#isWritable()) return
      this.#newest.delete(key)
      send()
    }
  }
}
