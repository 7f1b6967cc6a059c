/**
 * Which cards are mounted, and how much of each: those near the viewport, a few more per frame, so that a large graph
 * opens at once. Below half size nobody reads a widget, so a card then is a header and its pictures (`lite`).
 */
import { onScopeDispose, shallowRef } from 'vue'
import type { Workflow } from '#workflows/format.ts'
import { grown, overlaps, toGraph, type Rect, type Transform } from './geometry.ts'
import { rectOf, type Layouts } from './layouts.ts'

export type Detail = 'lite' | 'full'

/** What may be mounted in one frame, where a full card counts as four lite ones. */
const budget = 48
const cost: Record<Detail, number> = { lite: 1, full: 4 }
/** Margins in parts of the viewport: cards leave later than they enter, so that panning to and fro costs nothing. */
const enterMargin = 0.2
const leaveMargin = 0.35
/** Zoom at which a card becomes full, and lower, at which it becomes lite again. */
export const fullAbove = 0.55
const liteBelow = 0.5

export type Mounted = ReadonlyMap<string, Detail>

export interface View {
  readonly document: Workflow
  readonly layouts: Layouts
  readonly transform: Transform
  readonly width: number
  readonly height: number
  /** Whether cards are drawn on the canvas instead, because they are too small to read. */
  readonly far: boolean
  /** The card with the focus in it: it stays as it is whatever happens. */
  readonly focused: string | null
}

/** The cards to mount now, and whether there are more to come. */
export function cull(view: View, mounted: Mounted): { next: Mounted; more: boolean } {
  const next = new Map<string, Detail>()
  const focused = view.focused !== null && mounted.get(view.focused)
  if (view.focused !== null && focused) next.set(view.focused, focused)
  if (view.far) return { next, more: false }
  const seen = viewport(view)
  const side = Math.max(seen.width, seen.height)
  const near = grown(seen, side * enterMargin)
  const far = grown(seen, side * leaveMargin)
  let left = budget
  let more = false
  for (const id of Object.keys(view.document.nodes)) {
    const detail = mounted.get(id)
    const rect = rectOf(view.document, view.layouts, id)
    if (next.has(id) || !overlaps(rect, detail ? far : near)) continue
    const wanted = wantedDetail(view.transform.k, detail)
    if (detail === wanted) next.set(id, detail)
    else if (left >= cost[wanted]) {
      left -= cost[wanted]
      next.set(id, wanted)
    } else {
      more = true
      if (detail) next.set(id, detail)
    }
  }
  return { next, more }
}

function wantedDetail(zoom: number, now: Detail | undefined): Detail {
  if (zoom >= fullAbove) return 'full'
  return zoom < liteBelow ? 'lite' : (now ?? 'lite')
}

function viewport({ transform, width, height }: View): Rect {
  return { ...toGraph(transform, { x: 0, y: 0 }), width: width / transform.k, height: height / transform.k }
}

export function useCulling(view: () => View) {
  const mounted = shallowRef<Mounted>(new Map())
  /** Whether every card that should be there is. */
  const settled = shallowRef(true)
  let frame = 0

  function update(): void {
    frame = 0
    const { next, more } = cull(view(), mounted.value)
    const same = next.size === mounted.value.size && [...next].every(([id, d]) => mounted.value.get(id) === d)
    if (!same) mounted.value = next
    settled.value = !more
    if (more) frame = requestAnimationFrame(update)
  }

  function request(): void {
    settled.value = false
    if (!frame) frame = requestAnimationFrame(update)
  }

  onScopeDispose(() => cancelAnimationFrame(frame))
  return { mounted, settled, request }
}
