/** Cutting links: with Alt held, a drag over the ground removes every link that it crosses. */
import { onScopeDispose, shallowRef } from 'vue'
import { disconnect } from '../document/edits.ts'
import type { Point } from '../document/queries.ts'
import { workflow } from '../document/workflow-document.ts'
import { crossedLinks, type ShownLink } from './links.ts'

export interface Cut {
  readonly from: Point
  readonly to: Point
  readonly crossed: readonly ShownLink[]
}

export interface CutHost {
  /** The pointer, on the graph. */
  pointer(event: PointerEvent): Point
  links(): readonly ShownLink[]
}

export function useCut(host: CutHost) {
  const cut = shallowRef<Cut | null>(null)
  let pointerId = 0

  const wants = (event: PointerEvent) => event.button === 0 && event.altKey

  function start(event: PointerEvent): void {
    const at = host.pointer(event)
    pointerId = event.pointerId
    cut.value = { from: at, to: at, crossed: [] }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', cancel)
    window.addEventListener('keydown', giveUp, true)
  }

  function move(event: PointerEvent): void {
    if (!cut.value || event.pointerId !== pointerId) return
    const { from } = cut.value
    const to = host.pointer(event)
    cut.value = { from, to, crossed: crossedLinks(host.links(), from, to) }
  }

  function drop(event: PointerEvent): void {
    if (event.pointerId !== pointerId) return
    move(event)
    const crossed = cut.value?.crossed ?? []
    stop()
    workflow.edit('cut', (draft) => crossed.forEach((link) => disconnect(draft, link)))
  }

  function giveUp(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    stop()
  }

  function cancel(event: PointerEvent): void {
    if (event.pointerId === pointerId) stop()
  }

  function stop(): void {
    cut.value = null
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', drop)
    window.removeEventListener('pointercancel', cancel)
    window.removeEventListener('keydown', giveUp, true)
  }

  onScopeDispose(stop)
  return { cut, wants, start }
}
