/** Selecting by a rectangle: Shift or Ctrl and drag over empty ground; Shift adds to what is selected. */
import { onScopeDispose, shallowRef } from 'vue'
import type { Point } from '../document/queries.ts'
import { useSelection } from '../stores/selection.ts'
import { overlaps, rectBetween, type Rect } from './geometry.ts'

export interface MarqueeHost {
  /** The pointer, on the graph. */
  pointer(event: PointerEvent): Point
  rects(): readonly { readonly id: string; readonly rect: Rect }[]
}

export function useMarquee(host: MarqueeHost) {
  const selection = useSelection()
  const rect = shallowRef<Rect | null>(null)
  let from: Point | null = null
  let pointerId = 0
  let before: ReadonlySet<string> = new Set()

  const wants = (event: PointerEvent) =>
    event.button === 0 && (event.shiftKey || event.ctrlKey || event.metaKey)

  function start(event: PointerEvent): void {
    from = host.pointer(event)
    pointerId = event.pointerId
    before = event.shiftKey ? selection.ids : new Set()
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', end)
    window.addEventListener('pointercancel', end)
  }

  function move(event: PointerEvent): void {
    if (!from || event.pointerId !== pointerId) return
    const area = rectBetween(from, host.pointer(event))
    rect.value = area
    const caught = host.rects().filter((node) => overlaps(node.rect, area))
    selection.set([...before, ...caught.map(({ id }) => id)])
  }

  function end(event: PointerEvent): void {
    if (event.pointerId === pointerId) stop()
  }

  function stop(): void {
    from = rect.value = null
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', end)
    window.removeEventListener('pointercancel', end)
  }

  onScopeDispose(stop)
  return { rect, wants, start }
}
