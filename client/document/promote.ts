/** What a subgraph shows outside: ports and parameters of the nodes in it. */
import { parseSource, type Workflow, type WorkflowNode } from '#workflows/format.ts'
import { subgraphType } from '#workflows/subgraph-shape.ts'
import type { Draft } from './change.ts'
import { freshName } from './fresh-name.ts'
import { renameInRuns } from './in-runs.ts'
import { linksOf, type PortRef } from './queries.ts'
import { own } from './record.ts'

const portText = ({ node, port }: PortRef) => `${node}.${port}`

interface User {
  /** The path of the graph where the node stands. */
  readonly at: readonly string[]
  readonly id: string
}

/** Every node, in any graph of the file, that stands for a subgraph. */
export function usersOf(file: Workflow, name: string): User[] {
  const type = subgraphType(name)
  const inGraph = (nodes: Readonly<Record<string, WorkflowNode>>, at: readonly string[]) =>
    Object.keys(nodes).flatMap((id) => (nodes[id]?.type === type ? [{ at, id }] : []))
  const inner = Object.entries(file.subgraphs ?? {}).flatMap(([other, { nodes }]) =>
    inGraph(nodes, ['subgraphs', other]),
  )
  return [...inGraph(file.nodes, []), ...inner]
}

export type PortKind = 'inputs' | 'outputs' | 'params'

/** Shows a port or parameter of a node inside as one of the subgraph; gives its name. */
export function promote(top: Draft, name: string, kind: PortKind, inner: PortRef): string {
  const definition = own(top.file.subgraphs, name)
  const taken = (wish: string) =>
    kind === 'outputs'
      ? own(definition?.outputs, wish) !== undefined
      : own(definition?.inputs, wish) !== undefined || own(definition?.params, wish) !== undefined
  const port = freshName(inner.port, taken)
  const value = kind === 'inputs' ? [portText(inner)] : portText(inner)
  top.put(['subgraphs', name, kind, port], value)
  return port
}

/** Takes a port of a subgraph away, with all that is said of it outside: links, values, forms, sweeps, ports around it. */
export function demote(top: Draft, name: string, kind: PortKind, port: string): void {
  const path = ['subgraphs', name, kind]
  const rest = Object.entries((top.read(path) ?? {}) as object).filter(([other]) => other !== port)
  if (kind === 'params' && rest.length === 0) top.drop(path)
  else top.put(path, Object.fromEntries(rest))
  for (const { at, id } of usersOf(top.file, name)) {
    const isGone = (text: string) => text === `${id}.${port}`
    if (kind === 'outputs') dropReaders(top, at, isGone)
    else {
      for (const part of ['inputs', 'values']) top.drop([...at, 'nodes', id, part, port])
      top.drop([...at, 'view', 'reroutes', `${id}.${port}`])
      if (at.length === 0) renameInRuns(top, (text) => (isGone(text) ? null : text))
    }
    if (at[1] !== undefined) demoteEnds(top, at[1], sidesOf(kind), isGone)
  }
}

/** Inputs and parameters of a node share their names, outputs have their own. */
const sidesOf = (kind: PortKind): readonly PortKind[] =>
  kind === 'outputs' ? ['outputs'] : ['inputs', 'params']

function dropReaders(top: Draft, at: readonly string[], isGone: (text: string) => boolean): void {
  const nodes = top.read([...at, 'nodes']) as Workflow['nodes']
  for (const { from, to } of linksOf({ nodes })) {
    if (!isGone(portText(from))) continue
    top.drop([...at, 'nodes', to.node, 'inputs', to.port])
    top.drop([...at, 'view', 'reroutes', portText(to)])
  }
}

/** Takes away what a subgraph shows of nodes that are removed from it. */
export function demoteNodes(draft: Draft, ids: ReadonlySet<string>): void {
  const name = draft.at[1]
  const isGone = (text: string) => ids.has(parseSource(text).node)
  if (name !== undefined) draft.atTop((top) => demoteEnds(top, name, ['inputs', 'outputs', 'params'], isGone))
}

/** Takes away the ports of a subgraph that lead to what is gone. */
function demoteEnds(
  top: Draft,
  name: string,
  kinds: readonly PortKind[],
  isGone: (text: string) => boolean,
): void {
  const definition = own(top.file.subgraphs, name)
  for (const kind of kinds)
    for (const [port, ends] of Object.entries(definition?.[kind] ?? {})) {
      const rest = [ends].flat().filter((end) => !isGone(end))
      if (rest.length === 0) demote(top, name, kind, port)
      else if (kind === 'inputs') top.put(['subgraphs', name, kind, port], rest)
    }
}
