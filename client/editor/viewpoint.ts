/** Looking at parts of the graph: all of it, some items, one node large enough to edit. */
import { useEventListener } from '@vueuse/core'
import { ref, watch, type Ref } from 'vue'
import { fullAbove } from './culling.ts'
import { boundsOf, contains, fitBeside, fitTransform, toScreen, type Rect } from './geometry.ts'
import { mapPlace, minimapOpen } from './minimap.ts'
import type { ReteView } from './rete-view.ts'
import { clampZoom } from './wheel.ts'

export interface ViewpointHost {
  readonly container: Readonly<Ref<HTMLElement | undefined>>
  readonly view: Readonly<Ref<ReteView | null>>
  readonly width: Readonly<Ref<number>>
  readonly height: Readonly<Ref<number>>
  rect(key: string): Rect | null
  everything(): readonly Rect[]
}

export function useViewpoint({ container, view, width, height, rect, everything }: ViewpointHost) {
  const zoom = () => view.value?.transform.value.k ?? 1

  /** Brings rectangles to the middle, at a zoom at which all of them are seen or at the one that is asked for. */
  function look(rects: readonly Rect[], wanted?: number): void {
    const bounds = boundsOf(rects)
    if (!bounds || !width.value || !view.value) return
    const k = wanted ?? fitTransform(bounds, width.value, height.value).k
    const [x, y] = [bounds.x + bounds.width / 2, bounds.y + bounds.height / 2]
    void view.value.look({ k, x: width.value / 2 - x * k, y: height.value / 2 - y * k })
  }

  /** Shows everything, or some items, none of them under the map; where everything is seen there is no map. */
  function fit(keys: readonly string[] = []): void {
    const known = keys.flatMap((key) => rect(key) ?? [])
    const rects = known.length > 0 ? known : everything()
    if (!width.value || rects.length === 0) return
    const map = minimapOpen.value && known.length > 0 ? mapPlace(height.value) : null
    void view.value?.look(fitBeside(rects, width.value, height.value, map))
  }

  /** Whether everything is shown and nobody has touched the graph since. */
  const untouched = ref(false)

  /** Shows everything, and again while faults and pictures change what cards measure, until somebody touches the graph. */
  function fitAtFirst(): void {
    fit()
    untouched.value = true
  }

  const touched = () => (untouched.value = false)
  useEventListener(container, ['pointerdown', 'wheel'], touched, { capture: true, passive: true })
  // Ctrl+Enter runs, as the button does: it leaves the graph where it is.
  useEventListener(window, 'keydown', (event) => event.ctrlKey || event.metaKey || touched(), {
    capture: true,
  })
  const measures = () => {
    const bounds = untouched.value ? boundsOf(everything()) : null
    return bounds && [width.value, height.value, ...Object.values(bounds)].join()
  }
  watch(measures, (now, before) => now !== null && before !== null && fit())

  function reveal(id: string): void {
    const found = rect(id)
    if (found) look([found], Math.max(zoom(), fullAbove + 0.1))
  }

  function bringIntoSight(key: string): void {
    const found = rect(key)
    if (!found || !view.value) return
    const room = { x: 0, y: 0, width: width.value, height: height.value }
    if (!contains(room, toScreen(view.value.transform.value, found))) look([found], zoom())
  }

  function zoomTo(k: number): void {
    void view.value?.zoom(clampZoom(k), { x: width.value / 2, y: height.value / 2 })
  }

  return {
    look,
    fit,
    fitAtFirst,
    reveal,
    bringIntoSight,
    zoomTo,
    zoomBy: (factor: number) => zoomTo(zoom() * factor),
  }
}
