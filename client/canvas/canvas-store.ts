/** The canvas beside the graph: which parameter it shows, what lies behind it, what is selected on it. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { useTabs } from '../stores/tabs.ts'

/** A parameter of a node. */
export interface Place {
  readonly node: string
  readonly param: string
}

/** Takes `node.param` apart. */
export function placeOf(text: string): Place {
  const dot = text.indexOf('.')
  return { node: text.slice(0, dot), param: text.slice(dot + 1) }
}

/** What lies behind the boxes: nothing, the last picture of the newest run, or what the result panel shows. */
export type Backdrop = 'none' | 'last' | 'shown'

interface Saved {
  width: number
  backdrop: Backdrop
  opacity: number
}

const key = 'groundwork.canvas'
export const leastWidth = 320
export const mostWidth = 1200

export const useCanvas = defineStore('canvas', () => {
  const saved = load()
  const place = shallowRef<Place | null>(null)
  const selected = shallowRef<{ readonly place: string; readonly index: number } | null>(null)
  const width = ref(inside(saved.width ?? 460))
  const backdrop = ref<Backdrop>(saved.backdrop ?? 'last')
  const opacity = ref(Math.min(Math.max(Number(saved.opacity ?? 0.5), 0), 1))
  watch([width, backdrop, opacity], () => {
    store({ width: width.value, backdrop: backdrop.value, opacity: opacity.value })
  })

  /** Another workflow may have another thing in the same place. */
  watch(
    () => useTabs().activeId,
    () => (selected.value = null),
  )

  function open(next: Place): void {
    place.value = next
  }

  function close(): void {
    place.value = null
  }

  function resize(next: number): void {
    width.value = inside(next)
  }

  return { place, selected, width, backdrop, opacity, open, close, resize }
})

/** The index selected in one parameter, to be read and set. */
export function useSelected(place: () => string) {
  const canvas = useCanvas()
  return computed<number | null>({
    get: () => (canvas.selected?.place === place() ? canvas.selected.index : null),
    set: (index) => {
      canvas.selected = index === null ? null : { place: place(), index }
    },
  })
}

function inside(width: number): number {
  return Number.isFinite(width) ? Math.min(Math.max(width, leastWidth), mostWidth) : 460
}

function load(): Partial<Saved> {
  try {
    const saved = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Saved>
    return ['none', 'last', 'shown'].includes(saved.backdrop ?? '') ? saved : { ...saved, backdrop: 'last' }
  } catch {
    return {}
  }
}

function store(saved: Saved): void {
  try {
    localStorage.setItem(key, JSON.stringify(saved))
  } catch {
    // A full or forbidden storage costs the memory of a preference, nothing else.
  }
}
