/** Wheel and trackpad: a wheel zooms at the pointer, two fingers pan, a pinch zooms. */
import type { ReteView } from './rete-view.ts'

const leastZoom = 0.05
const mostZoom = 3

export const clampZoom = (k: number) => Math.min(Math.max(k, leastZoom), mostZoom)

const wheelNotch = 50
const gestureGapMs = 180

export function useWheel(container: HTMLElement, view: ReteView): void {
  let fingersUntil = 0

  /** A wheel sends large even notches; a trackpad sends small ones, and sideways, and does not change its kind midway. */
  function comesFromFingers(event: WheelEvent): boolean {
    const small = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL && Math.abs(event.deltaY) < wheelNotch
    const fingers = event.timeStamp < fingersUntil || event.deltaX !== 0 || small
    if (fingers) fingersUntil = event.timeStamp + gestureGapMs
    return fingers
  }

  function turn(event: WheelEvent): void {
    event.preventDefault()
    if (event.ctrlKey)
      return zoom(event, Math.exp(-event.deltaY * (Math.abs(event.deltaY) < wheelNotch ? 0.01 : 0.0015)))
    if (event.shiftKey) return void view.pan(-(event.deltaY || event.deltaX), 0)
    if (comesFromFingers(event)) return void view.pan(-event.deltaX, -event.deltaY)
    zoom(event, Math.exp(-Math.sign(event.deltaY) * 0.14))
  }

  function zoom(event: WheelEvent, factor: number): void {
    void view.zoom(clampZoom(view.transform.value.k * factor), view.pointer(event))
  }

  container.addEventListener('wheel', turn, { passive: false })
}
