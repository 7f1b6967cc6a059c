/** Where sockets are on the graph, and which of them a dragged link may end at. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { WireType } from '#nodes/wire-types.ts'
import type { Workflow } from '#workflows/format.ts'
import { typeJudge } from '../document/check-link.ts'
import {
  ancestorsOf,
  descendantsOf,
  infoOf,
  inputType,
  outputType,
  positionOf,
  type Point,
  type PortRef,
} from '../document/queries.ts'
import { contains, grown, headerHeight } from './geometry.ts'
import { rectOf, type Layouts } from './layouts.ts'

export type Side = 'in' | 'out'

export interface Socket extends PortRef {
  readonly side: Side
}

export const socketKey = ({ node, side, port }: Socket) => `${node}/${side}/${port}`

export function socketPoint(document: Workflow, layouts: Layouts, socket: Socket): Point {
  const layout = layouts.get(socket.node)
  const { x, y } = positionOf(document, socket.node)
  const rows = socket.side === 'in' ? layout?.inputs : layout?.outputs
  return {
    x: socket.side === 'in' ? x : x + (layout?.width ?? 0),
    y: y + (rows?.get(socket.port) ?? headerHeight / 2),
  }
}

export function socketType(document: Workflow, catalogue: Catalogue, socket: Socket): WireType | undefined {
  const info = infoOf(document, catalogue, socket.node)
  return socket.side === 'in' ? inputType(info, socket.port) : outputType(info, socket.port)
}

/** Every socket that a link from `origin` may end at: right side, right type, no ring. */
export function fittingSockets(
  document: Workflow,
  catalogue: Catalogue,
  layouts: Layouts,
  origin: Socket,
): Socket[] {
  const judge = typeJudge(document, catalogue)
  const isOut = origin.side === 'out'
  const blocked = (isOut ? ancestorsOf : descendantsOf)(document, origin.node)
  return socketsOf(layouts, isOut ? 'in' : 'out').filter((socket) => {
    if (blocked.has(socket.node)) return false
    const link = isOut ? { from: origin, to: socket } : { from: socket, to: origin }
    return judge(link).code === 'fits'
  })
}

export function allSockets(layouts: Layouts): Socket[] {
  return [...socketsOf(layouts, 'in'), ...socketsOf(layouts, 'out')]
}

function socketsOf(layouts: Layouts, side: Side): Socket[] {
  return [...layouts].flatMap(([node, { inputs, outputs }]) =>
    [...(side === 'in' ? inputs : outputs).keys()].map((port) => ({ node, side, port })),
  )
}

const reach = 26

/** The nearest of the sockets that the pointer is near to, or on whose card it is. */
export function nearestSocket(
  document: Workflow,
  layouts: Layouts,
  sockets: readonly Socket[],
  at: Point,
): Socket | null {
  let best: { socket: Socket; distance: number } | null = null
  for (const socket of sockets) {
    if (!contains(grown(rectOf(document, layouts, socket.node), reach), at)) continue
    const { x, y } = socketPoint(document, layouts, socket)
    const distance = Math.hypot((x - at.x) / 4, y - at.y)
    if (!best || distance < best.distance) best = { socket, distance }
  }
  return best?.socket ?? null
}

const grip = 11

/** The socket whose dot is under a point: where cards are drawn without dots of their own, this finds them. */
export function socketAt(document: Workflow, layouts: Layouts, node: string, at: Point): Socket | null {
  const sides: readonly Side[] = ['in', 'out']
  const sockets = sides.flatMap((side) => {
    const ports = side === 'in' ? layouts.get(node)?.inputs : layouts.get(node)?.outputs
    return [...(ports?.keys() ?? [])].map((port) => ({ node, side, port }))
  })
  const near = (socket: Socket) => {
    const { x, y } = socketPoint(document, layouts, socket)
    return Math.abs(x - at.x) <= grip && Math.abs(y - at.y) <= grip
  }
  return sockets.find(near) ?? null
}

/** How far a socket's dot stands out of its card. */
const overhang = 8

/** The topmost card under a point, its sockets included: they stand half outside of it. */
export function nodeAt(document: Workflow, layouts: Layouts, at: Point): string | null {
  const isOver = (id: string) => contains(grown(rectOf(document, layouts, id), overhang), at)
  return Object.keys(document.nodes).findLast(isOver) ?? null
}
