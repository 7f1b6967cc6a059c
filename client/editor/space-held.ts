/** Whether the space bar is held: a drag then pans, whatever it begins on. */
import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/** @param isMeant whether a press of it is for what pans, and not for a button or a text */
export function useSpaceHeld(isMeant: (event: KeyboardEvent) => boolean): Ref<boolean> {
  const held = ref(false)
  useEventListener(window, 'keydown', (event) => {
    if (event.key !== ' ' || !isMeant(event)) return
    held.value = true
    event.preventDefault()
  })
  // Wherever the focus is by then; a window that is left hears of no release at all.
  useEventListener(window, 'keyup', (event) => event.key === ' ' && (held.value = false), { capture: true })
  useEventListener(window, 'blur', () => (held.value = false))
  return held
}
