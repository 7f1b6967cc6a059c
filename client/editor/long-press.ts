/** A finger that rests opens the menu of what it rests on. Some browsers say so by themselves, others never do. */
import { useEventListener } from '@vueuse/core'

const restMs = 550
const slackPixels = 8

export function useLongPress(): void {
  let timer: number | undefined
  let from: PointerEvent | null = null
  let opened = false

  const giveUp = () => window.clearTimeout(timer)

  function down(event: PointerEvent): void {
    giveUp()
    opened = false
    // A second finger makes it a pinch.
    if (event.pointerType !== 'touch' || !event.isPrimary) return
    from = event
    timer = window.setTimeout(open, restMs, event)
  }

  function move(event: PointerEvent): void {
    if (from && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > slackPixels) giveUp()
  }

  function open({ target, clientX, clientY }: PointerEvent): void {
    const menu = { bubbles: true, cancelable: true, button: 2, clientX, clientY }
    opened = target?.dispatchEvent(new MouseEvent('contextmenu', menu)) === false
  }

  /** The menu lies under the finger now: letting go is not to press what is on it. */
  function click(event: MouseEvent): void {
    if (!opened) return
    opened = false
    event.preventDefault()
    event.stopPropagation()
  }

  useEventListener(window, 'pointerdown', down, { capture: true })
  useEventListener(window, 'pointermove', move, { capture: true })
  useEventListener(window, ['pointerup', 'pointercancel', 'contextmenu'], giveUp, { capture: true })
  useEventListener(window, 'click', click, { capture: true })
}
