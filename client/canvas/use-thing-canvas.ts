/**
 * The hand and the keys on a canvas of things, boxes or figures. What a press, a drag or a key makes of the list is pure and
 * asked of the host; here it is shown while it goes on, and kept as one entry of the history when it ends.
 */
import { computed, nextTick, ref, shallowRef, watch, type Ref } from 'vue'
import type { Handle, Spot } from './box-geometry.ts'
import { byIndex, remarkToRead, type Remark } from './fault-words.ts'
import type { Edits } from './live-value.ts'
import type { Dragged, Gesture, Keys } from './thing-gesture.ts'
import type { KeyEdit } from './thing-keys.ts'
import type ThingCanvas from './ThingCanvas.vue'

export interface Grip {
  readonly index: number
  readonly handle: Handle
}

interface Host<T, G extends Gesture<T>> {
  readonly selected: Ref<number | null>
  things(): readonly T[]
  edits(): Edits<T[]>
  remarks(): readonly Remark[]
  grabbed(at: Spot, grip: Grip): G | null
  pressed(at: Spot, keys: Keys): G | null
  dragged(gesture: G, at: Spot, keys: Keys): Dragged<T, G>
  /** What has the focus once a press began something. */
  focusOf(gesture: G): string
  /** A gesture has changed the list and is over. */
  ended?(gesture: G): void
}

export function useThingCanvas<T, G extends Gesture<T>>(host: Host<T, G>) {
  const { selected } = host
  const stage = ref<InstanceType<typeof ThingCanvas>>()
  const layer = ref<HTMLElement>()
  const gesture = shallowRef<G | null>(null)
  const remarks = computed(() => byIndex(host.remarks()))
  const remark = computed(() => remarkToRead(host.remarks(), selected.value))
  let grip: Grip | null = null

  function press(event: PointerEvent, at: Spot): void {
    const begun = grip ? host.grabbed(at, grip) : host.pressed(at, keysOf(event))
    grip = null
    gesture.value = begun
    selected.value = begun?.index ?? null
    if (begun && begun.index !== null) void focus(host.focusOf(begun))
  }

  function move(event: PointerEvent, at: Spot): void {
    if (!gesture.value) return
    const next = host.dragged(gesture.value, at, keysOf(event))
    gesture.value = next.gesture
    if (!next.things) return
    host.edits().live(next.things)
    selected.value = next.gesture.index
  }

  function release(): void {
    const ended = gesture.value
    gesture.value = null
    if (!ended?.begun) return
    host.edits().end()
    host.ended?.(ended)
  }

  function abort(): void {
    gesture.value = null
    host.edits().cancel()
  }

  /**
   * An edit may have put another thing under the focus, or be about to show what is to have it. Where that is hidden, the
   * ground has it: the keys stay with the canvas.
   */
  async function focus(what: string): Promise<void> {
    await nextTick()
    const found = layer.value?.querySelector<HTMLElement>(what)
    if (found) found.focus({ preventScroll: true })
    else stage.value?.focus()
  }

  function leave(): void {
    selected.value = null
    stage.value?.focus()
  }

  /** The key that is held down; its steps are one entry of the history. */
  let held: string | null = null

  function apply(edit: KeyEdit<T>, key: string): void {
    if (edit.goesOn) host.edits().live(edit.things)
    else host.edits().set(edit.things)
    held = edit.goesOn ? key : null
    selected.value = edit.selected
  }

  function letGo(event: KeyboardEvent): void {
    if (event.key === held) settle()
  }

  function settle(): void {
    if (held !== null) host.edits().end()
    held = null
  }

  watch(
    () => host.things().length,
    (count) => {
      if (selected.value !== null && selected.value >= count) selected.value = null
    },
  )

  return {
    stage,
    layer,
    remarks,
    remark,
    isPressed: () => gesture.value !== null,
    hasFocus: () => stage.value?.hasFocus() ?? false,
    hand: { press, move, release, abort },
    grab: (index: number, handle: Handle) => (grip = { index, handle }),
    focus,
    leave,
    apply,
    letGo,
    settle,
    /** What the bar over a large canvas does. */
    lens: {
      zoomBy: (factor: number) => stage.value?.zoomBy(factor),
      fit: () => stage.value?.fit(),
      zoom: computed(() => stage.value?.zoom ?? 1),
    },
  }
}

function keysOf(event: PointerEvent): Keys {
  return { shift: event.shiftKey, control: event.ctrlKey || event.metaKey, alt: event.altKey }
}

/** A fraction of the picture, as the page's styles want it. */
export function share(value: number): string {
  return `${value * 100}%`
}

/** A fraction of the picture in words. */
export function percent(value: number): string {
  return `${Math.round(value * 1000) / 10} %`
}
