/** Going through the links of a node by a key. */
import { itemOf, linkKey } from '../document/items.ts'
import { useSelection } from '../stores/selection.ts'
import { chosen } from './actions.ts'
import { desk } from './desk.ts'
import { linksAround } from './links.ts'

/** The node whose links are gone through: the same while one after the other is looked at, and when one was cut. */
let centre = ''

/** Selects the next link, or the one before, of the selected node or of the one whose link is selected. */
export function stepLink(by: 1 | -1): void {
  const selection = useSelection()
  const links = desk.graph?.links() ?? []
  const marked = links.find(({ to }) => selection.ids.has(linkKey(to)))
  const node = chosen().find((key) => itemOf(key).kind === 'node')
  if (node !== undefined) centre = node
  else if (marked && marked.from.node !== centre) centre = marked.to.node
  const around = linksAround(links, centre)
  const at = marked ? around.indexOf(marked) : -1
  const next = around.at((at < 0 && by < 0 ? -1 : at + by) % around.length)
  if (!next) return
  selection.set([linkKey(next.to)])
  desk.graph?.bringIntoSight(linkKey(next.to))
}
