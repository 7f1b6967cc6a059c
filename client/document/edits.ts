/** Everything a person can do to a workflow, each written as changes of a draft. */
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import { parseSource, type Workflow, type WorkflowNode } from '#workflows/format.ts'
import type { Draft } from './change.ts'
import { freshName } from './fresh-name.ts'
import { renameInRuns } from './in-runs.ts'
import { infoOf, linksOf, type Link, type Point } from './queries.ts'
import { demoteNodes } from './promote.ts'
import { own } from './record.ts'
import { forgetNodes, placeNode, setReroutes } from './view-edits.ts'

/** A name for a new node: its type's last word, numbered where that is taken. */
export function freshId(document: Pick<Workflow, 'nodes'>, wish: string): string {
  return freshName(wish, (id) => Object.hasOwn(document.nodes, id))
}

/** Adds a node and gives its id. */
export function addNode(draft: Draft, type: string, at: Point): string {
  const id = freshId(draft.document, type)
  draft.put(['nodes', id], { type })
  placeNode(draft, id, at)
  return id
}

/** Removes nodes with every link to and from them, and what the view, the form and the sweep say of them. */
export function removeNodes(draft: Draft, ids: ReadonlySet<string>): void {
  for (const { from, to } of linksOf(draft.document))
    if (ids.has(from.node) && !ids.has(to.node)) disconnect(draft, { to })
  demoteNodes(draft, ids)
  if (draft.at.length === 0) renameInRuns(draft, (at) => (ids.has(parseSource(at).node) ? null : at))
  forgetNodes(draft, ids)
  for (const id of ids) draft.drop(['nodes', id])
}

/** Links two ports; an input holds one link, so an older one gives way. */
export function connect(draft: Draft, { from, to }: Link): void {
  const source = `${from.node}.${from.port}`
  if (draft.read(['nodes', to.node, 'inputs', to.port]) !== source) setReroutes(draft, to, [])
  draft.put(['nodes', to.node, 'inputs', to.port], source)
}

export function disconnect(draft: Draft, { to }: Pick<Link, 'to'>): void {
  draft.drop(['nodes', to.node, 'inputs', to.port])
  setReroutes(draft, to, [])
}

/** Puts a node into a link: its source feeds the node, the node feeds its target. */
export function insertOnLink(draft: Draft, { from, to }: Link, node: string, ports: ThroughPorts): void {
  connect(draft, { from, to: { node, port: ports.input } })
  connect(draft, { from: { node, port: ports.output }, to })
}

export interface ThroughPorts {
  readonly input: string
  readonly output: string
}

export type Mode = 'mute' | 'bypass'

/** Mutes or bypasses nodes; where all of them are so already, they run again. */
export function toggleMode(draft: Draft, ids: readonly string[], mode: Mode): void {
  const all = ids.every((id) => draft.read(['nodes', id, 'mode']) === mode)
  for (const id of ids) {
    if (all) draft.drop(['nodes', id, 'mode'])
    else draft.put(['nodes', id, 'mode'], mode)
  }
}

/** Sets a parameter of a node; where that is gone, nothing: an answer to what was asked of it may come later. */
export function setValue(draft: Draft, node: string, param: string, value: unknown): void {
  if (draft.read(['nodes', node]) !== undefined) draft.put(['nodes', node, 'values', param], value)
}

/** Names a node; an empty name gives it back the title of its type. */
export function setTitle(draft: Draft, node: string, title: string): void {
  if (title.trim()) draft.put(['nodes', node, 'title'], title.trim().slice(0, 200))
  else draft.drop(['nodes', node, 'title'])
}

export function setName(draft: Draft, name: string): void {
  draft.put(['name'], name.slice(0, 200))
}

/** What stands in a parameter: the file's value, or the default of its node's type. */
export function valueOf(node: WorkflowNode, info: NodeInfo, param: string): unknown {
  const value = own(node.values, param)
  return value === undefined ? own(info.params, param)?.default : value
}

/** Links into a node that its type does not know: they came with the file, and are kept. */
export function strangePorts(document: Workflow, catalogue: Catalogue, id: string): string[] {
  const info = infoOf(document, catalogue, id)
  const known = (port: string) => own(info?.inputs, port) ?? own(info?.params, port)?.wire
  return Object.keys(own(document.nodes, id)?.inputs ?? {}).filter((port) => !known(port))
}
