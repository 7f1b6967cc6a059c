/** Pressing, selecting and dragging what stands in the graph: cards, notes, frames, reroute points. */
import { onScopeDispose, shallowRef } from 'vue'
import { insertOnLink, type ThroughPorts } from '../document/edits.ts'
import { itemOf } from '../document/items.ts'
import type { Point } from '../document/queries.ts'
import { shiftItems } from '../document/view-edits.ts'
import { workflow } from '../document/workflow-document.ts'
import { useSelection } from '../stores/selection.ts'
import type { ShownLink } from './links.ts'

export interface ItemDragHost {
  /** The pointer, on the graph. */
  pointer(event: PointerEvent): Point
  raise(id: string): void
  /** The link under a card that could be put into it, and by which ports. */
  linkFor(id: string): { readonly link: ShownLink; readonly ports: ThroughPorts } | null
}

interface Press {
  readonly key: string
  readonly keys: readonly string[]
  readonly at: Point
  readonly client: Point
  /** What a press without a drag leaves selected; null where the press itself has settled it. */
  readonly alone: readonly string[] | null
  readonly pointerId: number
}

const slackPixels = 4

export function useItemDrag(host: ItemDragHost) {
  const selection = useSelection()
  /** The link that a dragged card would be put into. */
  const over = shallowRef<ShownLink | null>(null)
  let press: Press | null = null
  let moved: Point | null = null

  const isAdding = (event: PointerEvent) => event.shiftKey || event.ctrlKey || event.metaKey

  /** Presses one item. With Shift or Ctrl it is added to the selection or taken out of it. */
  function start(event: PointerEvent, key: string): void {
    if (event.button !== 0) return
    event.stopPropagation()
    const adding = isAdding(event)
    if (adding) selection.toggle(key)
    else if (!selection.ids.has(key)) selection.set([key])
    begin(event, key, selection.ids.has(key) ? [...selection.ids] : [key], adding ? null : [key])
    if (itemOf(key).kind === 'node') host.raise(key)
  }

  /** Presses a group that is moved as one: the nodes of a frame. */
  function startGroup(event: PointerEvent, keys: readonly string[]): void {
    if (event.button !== 0) return
    event.stopPropagation()
    if (isAdding(event)) selection.add(keys)
    else selection.set(keys)
    begin(event, keys[0] ?? '', keys, null)
  }

  function begin(
    event: PointerEvent,
    key: string,
    keys: readonly string[],
    alone: readonly string[] | null,
  ): void {
    stop()
    const client = { x: event.clientX, y: event.clientY }
    press = { key, keys, at: host.pointer(event), client, alone, pointerId: event.pointerId }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', giveUp)
    window.addEventListener('keydown', escape, true)
  }

  function move(event: PointerEvent): void {
    if (!press || event.pointerId !== press.pointerId) return
    const isSlack = Math.hypot(event.clientX - press.client.x, event.clientY - press.client.y) < slackPixels
    if (!moved && isSlack) return
    if (!moved) workflow.begin('move')
    const at = host.pointer(event)
    const by = { x: Math.round(at.x - press.at.x), y: Math.round(at.y - press.at.y) }
    const { x, y } = moved ?? { x: 0, y: 0 }
    moved = by
    const { keys } = press
    workflow.edit('move', (draft) => shiftItems(draft, keys, by.x - x, by.y - y))
    over.value = keys.length === 1 ? (host.linkFor(press.key)?.link ?? null) : null
  }

  function drop(event: PointerEvent): void {
    if (!press || event.pointerId !== press.pointerId) return
    const { key, keys, alone } = press
    if (moved) {
      const into = keys.length === 1 ? host.linkFor(key) : null
      if (into) workflow.edit('insert', (draft) => insertOnLink(draft, into.link, key, into.ports))
      workflow.end()
    } else if (alone) selection.set(alone)
    stop()
  }

  function escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !moved) return
    event.stopPropagation()
    giveUp()
  }

  /** Takes the drag back. */
  function giveUp(): void {
    if (moved) workflow.cancel()
    stop()
  }

  function stop(): void {
    press = moved = over.value = null
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', drop)
    window.removeEventListener('pointercancel', giveUp)
    window.removeEventListener('keydown', escape, true)
  }

  onScopeDispose(stop)
  return { over, start, startGroup, isMoving: () => moved !== null }
}
