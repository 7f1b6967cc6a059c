/**
 * A value while a gesture changes it. Every canvas and list of the parameter shows it; the document gets it when the
 * gesture ends, as one entry of its history. So the graph is not drawn again at every move of the hand.
 */
import { computed, shallowRef, type ComputedRef } from 'vue'

interface Live {
  readonly place: string
  readonly value: unknown
}

const live = shallowRef<Live | null>(null)

/** Where values are kept: what is put between `begin` and `end` is one entry of the history. */
export interface Keeper<T> {
  begin(): void
  put(value: T): void
  end(): void
}

export interface Edits<T> {
  /** Shows a value without keeping it. */
  live(value: T): void
  /** Keeps what is shown. */
  end(): void
  /** Forgets what is shown. */
  cancel(): void
  /** Keeps a value at once. */
  set(value: T): void
  /** For texts, which are kept with every letter: a run may be started in the middle of one. */
  readonly typing: Keeper<T>
}

export interface LiveValue<T> {
  readonly current: ComputedRef<T>
  readonly edits: Edits<T>
}

/**
 * @param place names the parameter, the same for all that show it.
 * @param saved what the document holds; the same object while that does not change.
 */
export function useLiveValue<T>(place: () => string, saved: ComputedRef<T>, keeper: Keeper<T>): LiveValue<T> {
  const isHere = () => live.value?.place === place()
  return {
    current: computed(() => (isHere() ? (live.value?.value as T) : saved.value)),
    edits: {
      live(value) {
        live.value = { place: place(), value }
      },
      end() {
        if (!isHere()) return
        const value = live.value?.value as T
        live.value = null
        keeper.put(value)
      },
      cancel() {
        if (isHere()) live.value = null
      },
      set(value) {
        live.value = null
        keeper.put(value)
      },
      typing: keeper,
    },
  }
}
