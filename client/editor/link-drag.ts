/** Dragging a link from a socket: snapping to what fits, refusing what does not with a sentence, relinking, removing. */
import { onScopeDispose, shallowRef } from 'vue'
import { checkLink, type LinkVerdict } from '../document/check-link.ts'
import { connect, disconnect } from '../document/edits.ts'
import { linksOf, type Link, type Point } from '../document/queries.ts'
import { workflow } from '../document/workflow-document.ts'
import { useServer } from '../stores/server.ts'
import type { Layouts } from './layouts.ts'
import { fittingSockets, nearestSocket, nodeAt, socketKey, type Side, type Socket } from './sockets.ts'

export interface LinkDrag {
  readonly origin: Socket
  /** The pointer, on the graph. */
  readonly at: Point
  readonly fits: readonly Socket[]
  readonly fitKeys: ReadonlySet<string>
  readonly target: Socket | null
  /** The link that is taken off its input by this drag. */
  readonly detached: Link | null
}

export interface LinkDragHost {
  layouts(): Layouts
  pointer(event: PointerEvent): Point
  refuse(verdict: LinkVerdict): void
  /** The link was dropped on empty space. */
  released(origin: Socket, at: Point): void
}

export function useLinkDrag(host: LinkDragHost) {
  const server = useServer()
  const drag = shallowRef<LinkDrag | null>(null)

  function start(event: PointerEvent, socket: Socket): void {
    if (event.button !== 0) return
    const document = workflow.current.value
    const linked = socket.side === 'in' ? linksOf(document).find(({ to }) => same(to, socket)) : undefined
    const origin = linked ? { ...linked.from, side: 'out' as const } : socket
    const fits = fittingSockets(document, server.catalogue, host.layouts(), origin)
    const fitKeys = new Set(fits.map(socketKey))
    drag.value = { origin, at: host.pointer(event), fits, fitKeys, target: null, detached: linked ?? null }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', drop)
    window.addEventListener('keydown', giveUp, true)
  }

  function move(event: PointerEvent): void {
    if (!drag.value) return
    const at = host.pointer(event)
    const target = nearestSocket(workflow.current.value, host.layouts(), drag.value.fits, at)
    drag.value = { ...drag.value, at, target }
  }

  function drop(event: PointerEvent): void {
    move(event)
    const ended = drag.value
    stop()
    if (!ended) return
    if (ended.target) link(ended, ended.target)
    else if (!refuse(ended)) release(ended)
  }

  function link({ origin, detached }: LinkDrag, target: Socket): void {
    const next = asLink(origin, target)
    if (detached && same(detached.to, next.to)) return
    workflow.edit('link', (draft) => {
      if (detached) disconnect(draft, detached)
      connect(draft, next)
    })
  }

  /** Says why the card under the pointer takes no such link. */
  function refuse({ origin, at, detached }: LinkDrag): boolean {
    const document = workflow.current.value
    const node = nodeAt(document, host.layouts(), at)
    if (!node) return false
    const layout = host.layouts().get(node)
    const side: Side = origin.side === 'out' ? 'in' : 'out'
    const ports = [...((side === 'in' ? layout?.inputs : layout?.outputs)?.keys() ?? [])]
    const all = ports.map((port) => ({ node, side, port }))
    const nearest = nearestSocket(document, host.layouts(), all, at)
    if (nearest && node !== origin.node && node !== detached?.to.node)
      host.refuse(checkLink(document, server.catalogue, asLink(origin, nearest)))
    return true
  }

  function release({ origin, at, detached }: LinkDrag): void {
    if (detached) workflow.edit('unlink', (draft) => disconnect(draft, detached))
    else host.released(origin, at)
  }

  function giveUp(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    stop()
  }

  function stop(): void {
    drag.value = null
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', drop)
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
