/**
 * Dragging links from a socket: snapping to what fits, refusing what does not with a sentence, relinking, removing.
 * With Shift, all links of an output are taken at once, to another output.
 */
import { onScopeDispose, shallowRef } from 'vue'
import { checkLink, type LinkVerdict } from '../document/check-link.ts'
import { connect, disconnect } from '../document/edits.ts'
import { linksOf, type Link, type Point } from '../document/queries.ts'
import { workflow } from '../document/workflow-document.ts'
import { catalogue } from './catalogue.ts'
import type { Layouts } from './layouts.ts'
import { fittingSockets, nearestSocket, nodeAt, socketKey, type Side, type Socket } from './sockets.ts'

export interface LinkDrag {
  /** Where the links are held: one socket, or the far ends of all that are moved together. */
  readonly origins: readonly Socket[]
  /** The pointer, on the graph. */
  readonly at: Point
  readonly fits: readonly Socket[]
  readonly fitKeys: ReadonlySet<string>
  readonly target: Socket | null
  /** The links that are taken off a socket by this drag. */
  readonly detached: readonly Link[]
}

export interface LinkDragHost {
  layouts(): Layouts
  pointer(event: PointerEvent): Point
  refuse(verdict: LinkVerdict): void
  /** The link was dropped on empty space. */
  released(origin: Socket, at: Point): void
}

export function useLinkDrag(host: LinkDragHost) {
  const drag = shallowRef<LinkDrag | null>(null)
  let pointerId = 0

  function start(event: PointerEvent, socket: Socket): void {
    if (event.button !== 0) return
    event.stopPropagation()
    pointerId = event.pointerId
    const { origins, detached } = taken(event, socket)
    const fits = fittingAll(origins)
    const fitKeys = new Set(fits.map(socketKey))
    drag.value = { origins, at: host.pointer(event), fits, fitKeys, target: null, detached }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', cancel)
    window.addEventListener('keydown', giveUp, true)
  }

  /** What a press on a socket takes: its link, all its links, or a new one. */
  function taken(event: PointerEvent, socket: Socket): Pick<LinkDrag, 'origins' | 'detached'> {
    const links = linksOf(workflow.graph.value)
    if (socket.side === 'in') {
      const linked = links.find(({ to }) => same(to, socket))
      if (linked) return { origins: [{ ...linked.from, side: 'out' }], detached: [linked] }
    } else if (event.shiftKey) {
      const detached = links.filter(({ from }) => same(from, socket))
      if (detached.length > 0) return { origins: detached.map(({ to }) => ({ ...to, side: 'in' })), detached }
    }
    return { origins: [socket], detached: [] }
  }

  function fittingAll(origins: readonly Socket[]): Socket[] {
    const each = origins.map((origin) =>
      fittingSockets(workflow.graph.value, catalogue.value, host.layouts(), origin),
    )
    const [first = [], ...others] = each
    const keys = others.map((sockets) => new Set(sockets.map(socketKey)))
    return first.filter((socket) => keys.every((set) => set.has(socketKey(socket))))
  }

  function move(event: PointerEvent): void {
    if (!drag.value || event.pointerId !== pointerId) return
    const at = host.pointer(event)
    const target = nearestSocket(workflow.graph.value, host.layouts(), drag.value.fits, at)
    drag.value = { ...drag.value, at, target }
  }

  function drop(event: PointerEvent): void {
    if (event.pointerId !== pointerId) return
    move(event)
    const ended = drag.value
    stop()
    if (!ended) return
    if (ended.target) link(ended, ended.target)
    else if (!refuse(ended)) release(ended)
  }

  function link({ origins, detached }: LinkDrag, target: Socket): void {
    const next = origins.map((origin) => asLink(origin, target))
    const stays = (link: Link) => next.some(({ from, to }) => same(to, link.to) && same(from, link.from))
    workflow.edit('link', (draft) => {
      for (const link of detached) if (!stays(link)) disconnect(draft, link)
      for (const link of next) connect(draft, link)
    })
  }

  /** Says why the card under the pointer takes no such link. */
  function refuse({ origins, at, detached }: LinkDrag): boolean {
    const document = workflow.graph.value
    const node = nodeAt(document, host.layouts(), at)
    const [origin] = origins
    if (!node || !origin) return false
    const layout = host.layouts().get(node)
    const side: Side = origin.side === 'out' ? 'in' : 'out'
    const ports = [...((side === 'in' ? layout?.inputs : layout?.outputs)?.keys() ?? [])]
    const all = ports.map((port) => ({ node, side, port }))
    const nearest = nearestSocket(document, host.layouts(), all, at)
    const isOwn = node === origin.node || detached.some(({ from, to }) => [from.node, to.node].includes(node))
    if (nearest && !isOwn) host.refuse(checkLink(document, catalogue.value, asLink(origin, nearest)))
    return true
  }

  function release({ origins, at, detached }: LinkDrag): void {
    const [origin] = origins
    if (detached.length > 0)
      workflow.edit('unlink', (draft) => detached.forEach((link) => disconnect(draft, link)))
    else if (origin) host.released(origin, at)
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
    drag.value = null
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', drop)
    window.removeEventListener('pointercancel', cancel)
    window.removeEventListener('keydown', giveUp, true)
  }

  onScopeDispose(stop)
  return { drag, start }
}

function same(a: { node: string; port: string }, b: { node: string; port: string }): boolean {
  return a.node === b.node && a.port === b.port
}

export function asLink(a: Socket, b: Socket): Link {
  const [from, to] = a.side === 'out' ? [a, b] : [b, a]
  return { from: { node: from.node, port: from.port }, to: { node: to.node, port: to.port } }
}
