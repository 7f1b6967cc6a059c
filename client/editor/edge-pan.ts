/** While something is dragged to the edge of the graph, the view goes on that way, and the drag with it. */
import { onScopeDispose } from 'vue'
import type { Point } from '../document/queries.ts'

/** How near to an edge, and how many pixels a frame at the edge itself. */
const reach = 30
const fastest = 14

interface EdgePanHost {
  container(): HTMLElement | undefined
  isDragging(): boolean
  pan(dx: number, dy: number): Promise<void> | undefined
}

/** How far the view moves in a frame for a pointer at `at`, in a room of this size; faster nearer to the edge. */
export function edgeStep(at: Point, width: number, height: number): Point {
  return { x: along(at.x, width), y: along(at.y, height) }
}

function along(at: number, length: number): number {
  const speed = (depth: number) => fastest * Math.min(Math.max(depth / reach, 0), 1)
  return speed(reach - at) - speed(at - (length - reach))
}

export function useEdgePan(host: EdgePanHost): void {
  let last: PointerEvent | null = null
  let frame = 0

  function track(event: PointerEvent): void {
    last = event
    if (!frame && host.isDragging()) frame = requestAnimationFrame(() => void go())
  }

  async function go(): Promise<void> {
    frame = 0
    const container = host.container()
    if (!last || !container || !host.isDragging()) return
    const { left, top, width, height } = container.getBoundingClientRect()
    const { x, y } = edgeStep({ x: last.clientX - left, y: last.clientY - top }, width, height)
    if (x === 0 && y === 0) return
    await host.pan(x, y)
    // To the gesture the pointer has moved over the graph, though it rests on the screen; that asks for the next frame too.
    window.dispatchEvent(new PointerEvent('pointermove', last))
  }

  window.addEventListener('pointermove', track)
  onScopeDispose(() => {
    cancelAnimationFrame(frame)
    window.removeEventListener('pointermove', track)
  })
}
