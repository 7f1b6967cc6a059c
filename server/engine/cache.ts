/** Results by key, bounded in bytes; what was not used for longest goes first. Shared by all runs of a process. */
import type { Image } from '#nodes/values.ts'
import type { KeyParts } from './keys.ts'
import type { PreviewPlace, RunOutput } from './engine.ts'

/** What a node gave, by output. */
export type Outputs = Readonly<Record<string, unknown>>

/** What a node showed while it ran, without the node's name: shown again when its result comes from the cache. */
export type Trace =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'output'; readonly output: Omit<RunOutput, 'node'> }
  | { readonly kind: 'preview'; readonly place: Omit<PreviewPlace, 'node'>; readonly image: Image }

export interface CacheEntry {
  readonly outputs: Outputs
  readonly traces: readonly Trace[]
}

const visitsKept = 20_000

export class ResultCache {
  readonly maxBytes: number
  #bytes = 0
  readonly #entries = new Map<string, CacheEntry & { readonly bytes: number }>()
  readonly #visits = new Map<string, KeyParts>()

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** Bytes held now, never more than `maxBytes`. */
  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): CacheEntry | null {
    const entry = this.#entries.get(key)
    if (!entry) return null
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry
  }

  /** Keeps a result of so many bytes; one that is larger than the whole cache is not kept. */
  set(key: string, entry: CacheEntry, bytes: number): void {
    this.#drop(key)
    if (bytes > this.maxBytes) return
    this.#entries.set(key, { ...entry, bytes })
    this.#bytes += bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.maxBytes) return
      this.#drop(oldest)
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#visits.clear()
    this.#bytes = 0
  }

  /**
   * Remembers what arrived at a place in a workflow (a node of a type, in an iteration), and tells what arrived there the
   * time before. It outlives the run, so that the next can say what changed.
   */
  visit(place: string, parts: KeyParts): KeyParts | null {
    const before = this.#visits.get(place) ?? null
    this.#visits.delete(place)
    this.#visits.set(place, parts)
    if (this.#visits.size > visitsKept)
      for (const oldest of this.#visits.keys()) return this.#forget(oldest, before)
    return before
  }

  #forget(place: string, before: KeyParts | null): KeyParts | null {
    this.#visits.delete(place)
    return before
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0
    this.#entries.delete(key)
  }
}
