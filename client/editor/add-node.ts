/** Adding what was chosen from the palette: a node, linked to where a link was dropped, or a note. */
import { addNode, connect } from '../document/edits.ts'
import type { Point } from '../document/queries.ts'
import { own } from '../document/record.ts'
import { workflow } from '../document/workflow-document.ts'
import { useSelection } from '../stores/selection.ts'
import { noteHere } from './actions.ts'
import { catalogue } from './catalogue.ts'
import { cardWidth, headerHeight } from './geometry.ts'
import { asLink } from './link-drag.ts'
import { noteEntry, portThatFits } from './palette.ts'
import { socketType, type Socket } from './sockets.ts'

/** From a link's end to the first socket of the card that is put there. */
const firstSocket = headerHeight + 15

export function addFromPalette(type: string, at: Point, origin: Socket | null): void {
  if (type === noteEntry) noteHere({ place: 'ground', at })
  else addNodeAt(type, at, origin)
}

function addNodeAt(type: string, at: Point, origin: Socket | null): void {
  let added = ''
  workflow.edit('add', (draft) => {
    const dx = origin?.side === 'in' ? -cardWidth : 0
    added = addNode(draft, type, origin ? { x: at.x + dx, y: at.y - firstSocket } : at)
    const info = own(catalogue.value, type)
    const port =
      origin && info && portThatFits(info, origin, socketType(draft.document, catalogue.value, origin))
    if (origin && port)
      connect(draft, asLink(origin, { node: added, port, side: origin.side === 'out' ? 'in' : 'out' }))
  })
  useSelection().set([added])
}
