/** Which cards are mounted: those near the viewport, a few more per frame, so that a large graph opens at once. */
import { onScopeDispose, shallowRef } from 'vue'
import type { Workflow } from '#workflows/format.ts'
import { grown, overlaps, toGraph, type Rect, type Transform } from './geometry.ts'
import { rectOf, type Layouts } from './layouts.ts'

const mountsPerFrame = 12
/** Margins in parts of the viewport: cards leave later than they enter, so that panning to and fro costs nothing. */
const enterMargin = 0.25
const leaveMargin = 0.5

export interface View {
  readonly document: Workflow
  readonly layouts: Layouts
  readonly transform: Transform
  readonly width: number
  readonly height: number
  /** Whether cards are drawn on the canvas instead, because they are too small to read. */
  readonly far: boolean
  /** Cards that stay whatever happens: selected ones, and the one with the focus. */
  readonly kept: ReadonlySet<string>
}

/** Those of `mounted` that may stay, and the ones that should come. */
export function cull(view: View, mounted: ReadonlySet<string>): { stay: string[]; come: string[] } {
  if (view.far) return { stay: [], come: [] }
  const seen = viewport(view)
  const near = grown(seen, Math.max(seen.width, seen.height) * enterMargin)
  const far = grown(seen, Math.max(seen.width, seen.height) * leaveMargin)
  const stay: string[] = []
  const come: string[] = []
  for (const id of Object.keys(view.document.nodes)) {
    const rect = rectOf(view.document, view.layouts, id)
    if (mounted.has(id)) {
      if (view.kept.has(id) || overlaps(rect, far)) stay.push(id)
    } else if (overlaps(rect, near)) come.push(id)
  }
  return { stay, come }
}

function viewport({ transform, width, height }: View): Rect {
  return { ...toGraph(transform, { x: 0, y: 0 }), width: width / transform.k, height: height / transform.k }
}

export function useCulling(view: () => View) {
  const mounted = shallowRef<ReadonlySet<string>>(new Set())
  let frame = 0

  function update(): void {
    frame = 0
    const { stay, come } = cull(view(), mounted.value)
    const next = [...stay, ...come.slice(0, mountsPerFrame)]
    if (next.length !== mounted.value.size || next.some((id) => !mounted.value.has(id)))
      mounted.value = new Set(next)
    if (come.length > mountsPerFrame) request()
  }

  function request(): void {
    if (!frame) frame = requestAnimationFrame(update)
  }

  onScopeDispose(() => cancelAnimationFrame(frame))
  return { mounted, request }
}
