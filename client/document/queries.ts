/** Questions to a workflow: its links, what a node depends on, which regions are loops. */
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import type { WireType } from '#nodes/wire-types.ts'
import { parseSource, type Workflow } from '#workflows/format.ts'
import { own } from './record.ts'

/** A graph without what is only for the eye: all that most questions need. */
export type Graph = Pick<Workflow, 'nodes'>

export interface PortRef {
  readonly node: string
  readonly port: string
}

export interface Link {
  readonly from: PortRef
  readonly to: PortRef
}

export interface Point {
  readonly x: number
  readonly y: number
}

export function linksOf(document: Graph): Link[] {
  return Object.entries(document.nodes).flatMap(([node, { inputs }]) =>
    Object.entries(inputs ?? {}).map(([port, text]) => {
      const source = parseSource(text)
      return { from: { node: source.node, port: source.output }, to: { node, port } }
    }),
  )
}

export function infoOf(document: Graph, catalogue: Catalogue, id: string): NodeInfo | undefined {
  const node = own(document.nodes, id)
  return node && own(catalogue, node.type)
}

export function positionOf(document: Workflow, id: string): Point {
  const [x, y] = own(document.view?.nodes, id) ?? [0, 0]
  return { x, y }
}

/** The wire type that a port takes in: an input's, or that of a parameter that can be linked. */
export function inputType(info: NodeInfo | undefined, port: string): WireType | undefined {
  return own(info?.inputs, port)?.type ?? own(info?.params, port)?.wire ?? undefined
}

export function outputType(info: NodeInfo | undefined, port: string): WireType | undefined {
  return own(info?.outputs, port)?.type
}

/** What people call a port or a parameter of a node. */
export function portTitle(info: NodeInfo | undefined, port: string, side: 'in' | 'out'): string {
  if (side === 'out') return own(info?.outputs, port)?.title ?? port
  return own(info?.inputs, port)?.title ?? own(info?.params, port)?.title ?? port
}

/** Ids of the nodes that each node takes its inputs from. */
export function sourcesOf(document: Graph, id: string): string[] {
  const inputs = own(document.nodes, id)?.inputs ?? {}
  return [...new Set(Object.values(inputs).map((text) => parseSource(text).node))]
}

/** Every node that `id` depends on, itself included. */
export function ancestorsOf(document: Graph, id: string): Set<string> {
  return reach(id, (node) => sourcesOf(document, node))
}

/** Every node that depends on `id`, itself included. */
export function descendantsOf(document: Graph, id: string): Set<string> {
  const readers = new Map<string, string[]>()
  for (const { from, to } of linksOf(document)) {
    const known = readers.get(from.node)
    if (known) known.push(to.node)
    else readers.set(from.node, [to.node])
  }
  return reach(id, (node) => readers.get(node) ?? [])
}

function reach(first: string, next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set([first])
  for (const id of seen) for (const other of next(id)) seen.add(other)
  return seen
}

/** The nodes along links from `from` to `to`, both included; null when there is no such way. */
export function pathBetween(document: Workflow, from: string, to: string): string[] | null {
  const before = new Map<string, string | null>([[to, null]])
  for (const id of before.keys()) {
    if (id === from) return follow(before, from)
    for (const source of sourcesOf(document, id)) if (!before.has(source)) before.set(source, id)
  }
  return null
}

function follow(next: ReadonlyMap<string, string | null>, from: string): string[] {
  const path: string[] = []
  for (let id: string | null | undefined = from; id; id = next.get(id)) path.push(id)
  return path
}

export interface LoopRegion {
  readonly start: string
  readonly end: string
  /** The start, the end and everything between that runs once per step. */
  readonly nodes: readonly string[]
}

/** Each loop: the nodes that depend on its start and lead to its end. */
export function loopRegions(document: Graph, catalogue: Catalogue): LoopRegion[] {
  const role = (id: string) => infoOf(document, catalogue, id)?.loop?.role
  const ids = Object.keys(document.nodes)
  const ancestors = new Map(ids.filter(role).map((id) => [id, ancestorsOf(document, id)]))
  const size = (id: string) => ancestors.get(id)?.size ?? 0
  const inner = (a: string, b: string) => size(a) - size(b)
  const open = new Set(ids.filter((id) => role(id) === 'start'))
  const regions: LoopRegion[] = []
  for (const end of ids.filter((id) => role(id) === 'end').toSorted(inner)) {
    const leading = ancestors.get(end) ?? new Set<string>()
    const start = [...open]
      .filter((id) => leading.has(id))
      .toSorted(inner)
      .at(-1)
    if (start === undefined) continue
    open.delete(start)
    const reached = descendantsOf(document, start)
    regions.push({ start, end, nodes: ids.filter((id) => reached.has(id) && leading.has(id)) })
  }
  return regions
}
