/** Subgraphs: making one of nodes, taking one apart, choosing what it shows outside. */
import { parseSource, type Subgraph, type Workflow } from '#workflows/format.ts'
import { subgraphName, subgraphType } from '#workflows/subgraph-shape.ts'
import type { Draft } from './change.ts'
import { connect, disconnect, removeNodes } from './edits.ts'
import { freshName } from './fresh-name.ts'
import { renameInRuns } from './in-runs.ts'
import { insert, pick } from './part.ts'
import { linksOf, positionOf, type Link, type Point, type PortRef } from './queries.ts'
import { own } from './record.ts'
import { usersOf } from './promote.ts'
import { placeNode } from './view-edits.ts'

const portText = ({ node, port }: PortRef) => `${node}.${port}`

/** Which nodes outside lie on a way from these nodes back to them: with those outside, the subgraph would feed itself. */
export function nodesBetween(document: Workflow, ids: ReadonlySet<string>): string[] {
  const links = linksOf(document)
  const outside = (next: (link: Link) => [string, string]) => {
    const seen = new Set<string>()
    const open = [...ids]
    for (const id of open)
      for (const link of links) {
        const [from, to] = next(link)
        if (from === id && !ids.has(to) && !seen.has(to)) {
          seen.add(to)
          open.push(to)
        }
      }
    return seen
  }
  const after = outside(({ from, to }) => [from.node, to.node])
  const before = outside(({ from, to }) => [to.node, from.node])
  return [...after].filter((id) => before.has(id))
}

interface Ports {
  readonly inputs: Record<string, string[]>
  readonly outputs: Record<string, string>
  /** What feeds each input from outside. */
  readonly sources: Record<string, string>
}

/** One port for each source outside and each output that is used outside, named as what it belongs to. */
function portsOf(links: readonly Link[], ids: ReadonlySet<string>): Ports {
  const ports: Ports = { inputs: {}, outputs: {}, sources: {} }
  const isTaken = (name: string) => Object.hasOwn(ports.inputs, name)
  for (const { from, to } of links) {
    if (ids.has(from.node) === ids.has(to.node)) continue
    if (ids.has(to.node)) {
      const source = portText(from)
      const known = Object.keys(ports.sources).find((name) => ports.sources[name] === source)
      const name = known ?? freshName(to.port, isTaken)
      ports.sources[name] = source
      ports.inputs[name] = [...(ports.inputs[name] ?? []), portText(to)]
    } else if (!Object.values(ports.outputs).includes(portText(from))) {
      const name = freshName(from.port, (wish) => Object.hasOwn(ports.outputs, wish))
      ports.outputs[name] = portText(from)
    }
  }
  return ports
}

/** Puts nodes into a new subgraph and one node in their place; gives that node. */
export function makeSubgraph(draft: Draft, ids: ReadonlySet<string>, at: Point, title: string): string {
  const document = draft.document
  const links = linksOf(document)
  const name = freshName('subgraph', (wish) => Object.hasOwn(draft.file.subgraphs ?? {}, wish))
  const id = freshName(name, (wish) => Object.hasOwn(document.nodes, wish))
  const { sources, ...ports } = portsOf(links, ids)
  const shown = draft.at.length > 0 ? takeOverPorts(draft, ids, id, ports) : showInRuns(draft, ids, id, ports)
  const { nodes, view } = pick(document, ids)
  const definition: Subgraph = { title, nodes, ...shown, ...(view && { view }) }
  draft.atTop((top) => top.put(['subgraphs', name], definition))
  removeNodes(draft, ids)
  const fed = Object.keys(sources).length > 0
  draft.put(['nodes', id], { type: subgraphType(name), ...(fed && { inputs: sources }) })
  placeNode(draft, id, at)
  for (const { from, to } of links) {
    if (!ids.has(from.node) || ids.has(to.node)) continue
    const port = keyOf(shown.outputs, portText(from))
    if (port !== undefined) connect(draft, { from: { node: id, port }, to })
  }
  return id
}

const keyOf = (record: Readonly<Record<string, string>>, value: string) =>
  Object.keys(record).find((key) => record[key] === value)

type Shown = Pick<Subgraph, 'inputs' | 'outputs' | 'params'>

/** What the form and the sweep name of the nodes is shown outside, and named there from now on. */
function showInRuns(
  draft: Draft,
  ids: ReadonlySet<string>,
  id: string,
  { inputs, outputs }: Pick<Shown, 'inputs' | 'outputs'>,
): Shown {
  const params: Record<string, string> = {}
  const portFor = (at: string) =>
    keyOf(params, at) ??
    Object.keys(inputs).find((port) => inputs[port]?.includes(at)) ??
    freshName(parseSource(at).output, (wish) => Object.hasOwn(inputs, wish) || Object.hasOwn(params, wish))
  renameInRuns(draft, (at) => {
    if (!ids.has(parseSource(at).node)) return at
    const port = portFor(at)
    if (!Object.hasOwn(inputs, port)) params[port] = at
    return `${id}.${port}`
  })
  return { inputs, outputs, ...(Object.keys(params).length > 0 && { params }) }
}

/** Where the nodes stand in a subgraph themselves: what it shows of them, it shows of the new node from now on. */
function takeOverPorts(
  draft: Draft,
  ids: ReadonlySet<string>,
  id: string,
  ports: Pick<Shown, 'inputs' | 'outputs'>,
): Shown {
  const outer = draft.at[1]
  const around = outer === undefined ? undefined : own(draft.file.subgraphs, outer)
  const { inputs, outputs } = { inputs: { ...ports.inputs }, outputs: { ...ports.outputs } }
  const params: Record<string, string> = {}
  if (outer === undefined || !around) return { inputs, outputs }
  const isOurs = (text: string) => ids.has(parseSource(text).node)
  // Inputs and parameters share their names, outputs have their own.
  const fresh = (text: string, ...taken: readonly object[]) =>
    freshName(parseSource(text).output, (wish) => taken.some((record) => Object.hasOwn(record, wish)))
  const input = (text: string) => {
    const port = fresh(text, inputs, params)
    inputs[port] = [text]
    return `${id}.${port}`
  }
  const single = (record: Record<string, string>) => (text: string) => {
    const port =
      keyOf(record, text) ?? (record === outputs ? fresh(text, outputs) : fresh(text, inputs, params))
    record[port] = text
    return `${id}.${port}`
  }
  const moved = (take: (text: string) => string) => (text: string) => (isOurs(text) ? take(text) : text)
  const each = (record: Readonly<Record<string, string>>, take: (text: string) => string) =>
    Object.fromEntries(Object.entries(record).map(([port, text]) => [port, moved(take)(text)]))
  const next = {
    inputs: Object.fromEntries(
      Object.entries(around.inputs).map(([port, targets]) => [port, targets.map(moved(input))]),
    ),
    outputs: each(around.outputs, single(outputs)),
    params: each(around.params ?? {}, single(params)),
  }
  draft.atTop((top) => {
    top.put(['subgraphs', outer, 'inputs'], next.inputs)
    top.put(['subgraphs', outer, 'outputs'], next.outputs)
    if (around.params) top.put(['subgraphs', outer, 'params'], next.params)
  })
  return { inputs, outputs, ...(Object.keys(params).length > 0 && { params }) }
}

/** Puts the nodes of a subgraph where the node that stands for it is; gives them. */
export function unpack(draft: Draft, id: string): string[] {
  const node = own(draft.document.nodes, id)
  const name = node && subgraphName(node.type)
  const definition = name ? own(draft.file.subgraphs, name) : undefined
  if (!node || !definition || !name) return []
  const readers = linksOf(draft.document).filter(({ from }) => from.node === id)
  const names = Object.keys(definition.nodes)
  const part: Workflow = {
    groundwork: 1,
    nodes: definition.nodes,
    ...(definition.view && { view: definition.view }),
  }
  const keys = insert(draft, part, offsetTo(part, positionOf(draft.document, id)))
  // Of a subgraph that does not run, no node does.
  if (node.mode) for (const key of keys) draft.put(['nodes', key, 'mode'], node.mode)
  const inner = new Map(names.map((old, index) => [old, keys[index] ?? old]))
  const innerPort = (text: string): PortRef => {
    const { node: old, output } = parseSource(text)
    return { node: inner.get(old) ?? old, port: output }
  }
  for (const [param, target] of Object.entries(definition.params ?? {})) {
    const { node: to, port } = innerPort(target)
    const value = own(node.values, param)
    const source = own(node.inputs, param)
    if (value !== undefined) {
      draft.put(['nodes', to, 'values', port], value)
      // From outside it took the place of this link.
      disconnect(draft, { to: { node: to, port } })
    }
    if (source !== undefined) draft.put(['nodes', to, 'inputs', port], source)
  }
  for (const [port, targets] of Object.entries(definition.inputs)) {
    const source = own(node.inputs, port)
    if (source) for (const target of targets) draft.put(inputPath(innerPort(target)), source)
  }
  for (const { from, to } of readers) {
    const output = own(definition.outputs, from.port)
    if (output) connect(draft, { from: innerPort(output), to })
  }
  if (draft.at.length > 0) handBackPorts(draft, id, definition, innerPort)
  else
    renameInRuns(draft, (at) => {
      const { node: of, output: port } = parseSource(at)
      const end = own(definition.params, port) ?? own(definition.inputs, port)?.[0]
      return of === id && end !== undefined ? portText(innerPort(end)) : at
    })
  removeNodes(draft, new Set([id]))
  draft.atTop((top) => {
    if (usersOf(top.file, name).length === 0) dropDefinition(top, name)
  })
  return keys
}

/** Where the node stands in a subgraph itself: what that shows of it, it shows of the nodes inside from now on. */
function handBackPorts(
  draft: Draft,
  id: string,
  { inputs, outputs, params = {} }: Subgraph,
  innerPort: (text: string) => PortRef,
): void {
  const outer = draft.at[1]
  const around = outer === undefined ? undefined : own(draft.file.subgraphs, outer)
  if (outer === undefined || !around) return
  const through = (text: string, ports: Readonly<Record<string, string | readonly string[]>>): string[] => {
    const { node, output } = parseSource(text)
    if (node !== id) return [text]
    return [own(ports, output) ?? []].flat().map((target) => portText(innerPort(target)))
  }
  const single = (record: Readonly<Record<string, string>>, ports: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(record).flatMap(([port, text]) => through(text, ports).map((target) => [port, target])),
    )
  const wide = Object.entries(around.inputs)
    .map(([port, targets]) => [port, targets.flatMap((text) => through(text, inputs))] as const)
    .filter(([, targets]) => targets.length > 0)
  draft.atTop((top) => {
    top.put(['subgraphs', outer, 'inputs'], Object.fromEntries(wide))
    top.put(['subgraphs', outer, 'outputs'], single(around.outputs, outputs))
    if (around.params) top.put(['subgraphs', outer, 'params'], single(around.params, params))
  })
}

const inputPath = ({ node, port }: PortRef) => ['nodes', node, 'inputs', port]

function dropDefinition(top: Draft, name: string): void {
  top.drop(['subgraphs', name])
  if (Object.keys(top.file.subgraphs ?? {}).length === 0) top.drop(['subgraphs'])
}

/** From where a part stands to where its upper left corner is to be. */
function offsetTo({ view }: Workflow, { x, y }: Point): Point {
  const places = Object.values(view?.nodes ?? {})
  if (places.length === 0) return { x, y }
  return {
    x: x - Math.min(...places.map((place) => place[0])),
    y: y - Math.min(...places.map((place) => place[1])),
  }
}
