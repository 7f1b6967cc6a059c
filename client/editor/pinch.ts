/** Two fingers on a touch screen: they pan and zoom together. One finger pans or drags, as a mouse does. */
import { onScopeDispose } from 'vue'
import type { Point } from '../document/queries.ts'
import type { ReteView } from './rete-view.ts'
import { clampZoom } from './wheel.ts'

interface Grip {
  readonly middle: Point
  readonly spread: number
}

export function usePinch(container: HTMLElement, view: ReteView) {
  let first: PointerEvent | null = null
  const fingers = new Map<number, Point>()
  let grip: Grip | null = null

  const isPinching = () => fingers.size >= 2

  function gripOf(): Grip | null {
    const [a, b] = fingers.values()
    if (!a || !b) return null
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    return { middle, spread: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1) }
  }

  function down(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return
    fingers.set(event.pointerId, view.pointer(event))
    if (!isPinching()) {
      first = event
      return
    }
    grip = gripOf()
    giveUpFirst()
    // The second finger belongs to the pinch: whatever it lies on must not take it for a press.
    event.stopPropagation()
  }

  /** Whatever the first finger began is not meant, be it of a card, of a widget or of the ground: all hear that it is over. */
  function giveUpFirst(): void {
    if (!first) return
    const { pointerId, pointerType, target } = first
    first = null
    const at = target instanceof Element && target.isConnected ? target : container
    at.dispatchEvent(new PointerEvent('pointercancel', { bubbles: true, pointerId, pointerType }))
  }

  function move(event: PointerEvent): void {
    if (!fingers.has(event.pointerId)) return
    fingers.set(event.pointerId, view.pointer(event))
    const next = gripOf()
    if (!grip || !next) return
    const { x, y, k: old } = view.transform.value
    const k = clampZoom((old * next.spread) / grip.spread)
    // What lay between the fingers lies between them still.
    void view.look({
      k,
      x: next.middle.x - ((grip.middle.x - x) * k) / old,
      y: next.middle.y - ((grip.middle.y - y) * k) / old,
    })
    grip = next
  }

  function up(event: PointerEvent): void {
    // Our own word that a gesture is over: the finger is still down.
    if (!event.isTrusted) return
    fingers.delete(event.pointerId)
    grip = isPinching() ? gripOf() : null
  }

  container.addEventListener('pointerdown', down, true)
  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', up)
  window.addEventListener('pointercancel', up)
  onScopeDispose(() => {
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', up)
    window.removeEventListener('pointercancel', up)
  })
  return { isPinching }
}
