/** Whether the space bar is held over the graph: a drag then pans, whatever it begins on. */
import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'

export function useSpaceHeld(container: Readonly<Ref<HTMLElement | undefined>>): Ref<boolean> {
  const held = ref(false)
  useEventListener(window, ['keydown', 'keyup'], (event: KeyboardEvent) => {
    const { activeElement, body } = document
    if (event.key !== ' ' || (activeElement !== body && activeElement !== container.value)) return
    held.value = event.type === 'keydown'
    event.preventDefault()
  })
  return held
}
