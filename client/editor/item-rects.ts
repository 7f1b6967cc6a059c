/** Where things stand: nodes, notes, links and their reroute points. */
import type { Workflow } from '#workflows/format.ts'
import { itemOf, linkKey, noteKey } from '../document/items.ts'
import { own } from '../document/record.ts'
import { reroutesOf } from '../document/view-edits.ts'
import type { Rect } from './geometry.ts'
import { rectOf, type Layouts } from './layouts.ts'
import { middleOf, type ShownLink } from './links.ts'

/** The rectangle of an item on the graph, of a link its middle; null for what is not there. */
export function itemRect(
  document: Workflow,
  layouts: Layouts,
  key: string,
  links: readonly ShownLink[] = [],
): Rect | null {
  const item = itemOf(key)
  if (item.kind === 'node') return layouts.has(key) ? rectOf(document, layouts, key) : null
  if (item.kind === 'note') {
    const note = own(document.view?.notes, item.id)
    return note ? { x: note.at[0], y: note.at[1], width: note.size[0], height: note.size[1] } : null
  }
  const link = links.find(({ to }) => linkKey(to) === key)
  const point = item.kind === 'reroute' ? reroutesOf(document, item.to)[item.index] : link && middleOf(link)
  return point ? { ...point, width: 0, height: 0 } : null
}

/** Every node and note with its rectangle. */
export function allRects(document: Workflow, layouts: Layouts): { id: string; rect: Rect }[] {
  const keys = [...layouts.keys(), ...Object.keys(document.view?.notes ?? {}).map(noteKey)]
  return keys.flatMap((id) => {
    const rect = itemRect(document, layouts, id)
    return rect ? [{ id, rect }] : []
  })
}
