/** Putting a card into the link that it lies on. */
import type { ThroughPorts } from '../document/edits.ts'
import { infoOf } from '../document/queries.ts'
import { workflow } from '../document/workflow-document.ts'
import { catalogue } from './catalogue.ts'
import { headerHeight, type Rect } from './geometry.ts'
import { linkAt, type ShownLink } from './links.ts'
import { portsThrough } from './palette.ts'
import { socketType } from './sockets.ts'

export interface DropOnLink {
  readonly link: ShownLink
  readonly ports: ThroughPorts
}

/** The link under the header of a node that has none of its own, where the node can stand in it. */
export function linkUnderCard(id: string, around: Rect, links: readonly ShownLink[]): DropOnLink | null {
  const document = workflow.graph.value
  const info = infoOf(document, catalogue.value, id)
  const isLinked = links.some(({ from, to }) => from.node === id || to.node === id)
  if (!info || isLinked) return null
  const middle = { x: around.x + around.width / 2, y: around.y + headerHeight / 2 }
  const hit = linkAt(links, middle, headerHeight)
  if (!hit) return null
  const { from, to } = hit.link
  const ports = portsThrough(
    info,
    socketType(document, catalogue.value, { ...from, side: 'out' }),
    socketType(document, catalogue.value, { ...to, side: 'in' }),
  )
  return ports && { link: hit.link, ports }
}
