/** The newest preview of each node for one socket: what a slow connection cannot take is replaced, never queued. */
import type { PreviewHeader } from '#workflows/protocol.ts'

/** The way out, such as a socket. */
export interface PreviewOutlet {
  /** Whether what is sent now leaves now. */
  isWritable(): boolean
  send(header: PreviewHeader, bytes: Uint8Array): void
}

export class PreviewMailbox {
  readonly #newest = new Map<string, { readonly header: PreviewHeader; readonly bytes: Uint8Array }>()
  readonly #outlet: PreviewOutlet

  constructor(outlet: PreviewOutlet) {
    this.#outlet = outlet
  }

  offer(header: PreviewHeader, bytes: Uint8Array): void {
    this.#newest.set(`${header.job} ${header.node}`, { header, bytes })
    this.flush()
  }

  /** Sends what waits, as far as the connection takes it. To be called whenever it can take more. */
  flush(): void {
    for (const [key, { header, bytes }] of this.#newest) {
      if (!this.#outlet.isWritable()) return
      this.#newest.delete(key)
      this.#outlet.send(header, bytes)
    }
  }
}
