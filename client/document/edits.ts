/** Everything a person can do to a workflow, each written as changes of a draft. */
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import { nodeIdPattern, parseSource, type Workflow, type WorkflowNode } from '#workflows/format.ts'
import type { Draft } from './change.ts'
import { infoOf, linksOf, positionOf, type Link, type Point } from './queries.ts'
import { own } from './record.ts'

/** A name for a new node: its type's last word, numbered where that is taken. */
export function freshId(document: Workflow, wish: string): string {
  const word = wish
    .slice(wish.lastIndexOf('/') + 1)
    .replace(/[-_ ]+(\w)/g, (_, letter: string) => letter.toUpperCase())
  const base = nodeIdPattern.test(word) ? word.slice(0, 56) : 'node'
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base.replace(/\d+$/, '')}${count}`
    if (!Object.hasOwn(document.nodes, id)) return id
  }
}

/** Adds a node and gives its id. */
export function addNode(draft: Draft, type: string, at: Point): string {
  const id = freshId(draft.document, type)
  draft.put(['nodes', id], { type })
  placeNode(draft, id, at)
  return id
}

export function placeNode(draft: Draft, id: string, { x, y }: Point): void {
  draft.put(['view', 'nodes', id], [Math.round(x), Math.round(y)])
}

export function shiftNodes(draft: Draft, ids: Iterable<string>, dx: number, dy: number): void {
  for (const id of ids) {
    const { x, y } = positionOf(draft.document, id)
    placeNode(draft, id, { x: x + dx, y: y + dy })
  }
}

/** Removes nodes with every link to and from them. */
export function removeNodes(draft: Draft, ids: ReadonlySet<string>): void {
  for (const { from, to } of linksOf(draft.document))
    if (ids.has(from.node) && !ids.has(to.node)) draft.drop(['nodes', to.node, 'inputs', to.port])
  removeFromFrames(draft, ids)
  for (const id of ids) {
    draft.drop(['nodes', id])
    draft.drop(['view', 'nodes', id])
  }
}

function removeFromFrames(draft: Draft, ids: ReadonlySet<string>): void {
  const frames = draft.document.view?.frames
  if (!frames?.some((frame) => frame.nodes.some((id) => ids.has(id)))) return
  const rest = frames.map((frame) => ({ ...frame, nodes: frame.nodes.filter((id) => !ids.has(id)) }))
  draft.put(
    ['view', 'frames'],
    rest.filter((frame) => frame.nodes.length > 0),
  )
}

/** Links two ports; an input holds one link, so an older one gives way. */
export function connect(draft: Draft, { from, to }: Link): void {
  draft.put(['nodes', to.node, 'inputs', to.port], `${from.node}.${from.port}`)
}

export function disconnect(draft: Draft, { to }: Pick<Link, 'to'>): void {
  draft.drop(['nodes', to.node, 'inputs', to.port])
}

export function setValue(draft: Draft, node: string, param: string, value: unknown): void {
  draft.put(['nodes', node, 'values', param], value)
}

/** Names a node; an empty name gives it back the title of its type. */
export function setTitle(draft: Draft, node: string, title: string): void {
  if (title.trim()) draft.put(['nodes', node, 'title'], title.trim().slice(0, 200))
  else draft.drop(['nodes', node, 'title'])
}

export function setName(draft: Draft, name: string): void {
  draft.put(['name'], name.slice(0, 200))
}

/** Draws a frame with a title around nodes; the same nodes framed again lose their frame. */
export function toggleFrame(draft: Draft, ids: readonly string[], title: string): void {
  const frames = draft.document.view?.frames ?? []
  const same = (nodes: readonly string[]) =>
    nodes.length === ids.length && ids.every((id) => nodes.includes(id))
  const others = frames.filter((frame) => !same(frame.nodes))
  draft.put(
    ['view', 'frames'],
    others.length < frames.length ? others : [...frames, { title, nodes: [...ids] }],
  )
}

/** What stands in a parameter: the file's value, or the default of its node's type. */
export function valueOf(node: WorkflowNode, info: NodeInfo, param: string): unknown {
  const value = own(node.values, param)
  return value === undefined ? own(info.params, param)?.default : value
}

/** A workflow of only these nodes; `links` says whether links from outside stay. */
export function pick(
  document: Workflow,
  ids: ReadonlySet<string>,
  links: 'inner' | 'all' = 'inner',
): Workflow {
  const inner = (text: string) => links === 'all' || ids.has(parseSource(text).node)
  const nodes = Object.entries(document.nodes)
    .filter(([id]) => ids.has(id))
    .map(([id, { inputs, ...node }]) => {
      const kept = Object.entries(inputs ?? {}).filter(([, text]) => inner(text))
      return [id, { ...node, ...(kept.length > 0 && { inputs: Object.fromEntries(kept) }) }]
    })
  const places = Object.entries(document.view?.nodes ?? {}).filter(([id]) => ids.has(id))
  return { groundwork: 1, nodes: Object.fromEntries(nodes), view: { nodes: Object.fromEntries(places) } }
}

/** Adds the nodes of another workflow under fresh names, moved by `offset`. Gives the new names. */
export function insert(draft: Draft, part: Workflow, offset: Point): string[] {
  const names = new Map<string, string>()
  for (const [id, node] of Object.entries(part.nodes)) {
    const name = freshId(draft.document, id)
    names.set(id, name)
    draft.put(['nodes', name], { ...node, ...(node.inputs && { inputs: {} }) })
    const { x, y } = positionOf(part, id)
    placeNode(draft, name, { x: x + offset.x, y: y + offset.y })
  }
  for (const [id, { inputs }] of Object.entries(part.nodes)) {
    const name = names.get(id) ?? id
    for (const [port, text] of Object.entries(inputs ?? {})) insertLink(draft, names, name, port, text)
    if (inputs && Object.keys(own(draft.document.nodes, name)?.inputs ?? {}).length === 0)
      draft.drop(['nodes', name, 'inputs'])
  }
  return [...names.values()]
}

function insertLink(
  draft: Draft,
  names: ReadonlyMap<string, string>,
  to: string,
  port: string,
  text: string,
): void {
  const { node, output } = parseSource(text)
  const source = names.get(node) ?? node
  if (Object.hasOwn(draft.document.nodes, source))
    draft.put(['nodes', to, 'inputs', port], `${source}.${output}`)
}

/** Links into a node that its type does not know: they came with the file, and are kept. */
export function strangePorts(document: Workflow, catalogue: Catalogue, id: string): string[] {
  const info = infoOf(document, catalogue, id)
  const known = (port: string) => own(info?.inputs, port) ?? own(info?.params, port)?.wire
  return Object.keys(own(document.nodes, id)?.inputs ?? {}).filter((port) => !known(port))
}
