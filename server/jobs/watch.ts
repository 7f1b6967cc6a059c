/** One look at one job: what happened so far, and then what happens, with nothing between them lost or told twice. */
import type { JobEvent, JobState, PreviewHeader } from '#workflows/protocol.ts'
import type { Watcher } from './job-watchers.ts'

export interface Watch {
  readonly state: JobState
  /** The events so far, after the one that was asked for. */
  readonly events: readonly JobEvent[]
  /** Lets through what came meanwhile and what comes from now on, beginning with the last previews. */
  open(): void
  close(): void
}

/** Holds back events until it is opened: the answer with the events so far goes first. */
export class HeldWatcher implements Watcher {
  readonly #to: Watcher
  #held: JobEvent[] | null = []

  constructor(to: Watcher) {
    this.#to = to
  }

  event(event: JobEvent): void {
    if (this.#held) this.#held.push(event)
    else this.#to.event(event)
  }

  preview(header: PreviewHeader, bytes: Uint8Array): void {
    if (!this.#held) this.#to.preview(header, bytes)
  }

  /** @param lastSeq the last event that was told already. */
  open(lastSeq: number): void {
    const held = this.#held ?? []
    this.#held = null
    for (const event of held) if (event.seq > lastSeq) this.#to.event(event)
  }
}
