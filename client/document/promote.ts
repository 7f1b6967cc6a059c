/** What a subgraph shows outside: ports and parameters of the nodes in it. */
import { parseSource, type Workflow, type WorkflowNode } from '#workflows/format.ts'
import type { Draft } from './change.ts'
import { freshName } from './fresh-name.ts'
import { linksOf, type PortRef } from './queries.ts'
import { own } from './record.ts'
import { subgraphType } from './scope.ts'

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

/** Takes a port of a subgraph away, with the links and values that nodes outside have for it. */
export function demote(top: Draft, name: string, kind: PortKind, port: string): void {
  for (const { at, id } of usersOf(top.file, name)) {
    if (kind === 'outputs') dropReaders(top, at, id, port)
    else for (const part of ['inputs', 'values']) top.drop([...at, 'nodes', id, part, port])
  }
  const path = ['subgraphs', name, kind]
  const rest = Object.entries((top.read(path) ?? {}) as object).filter(([other]) => other !== port)
  if (kind === 'params' && rest.length === 0) top.drop(path)
  else top.put(path, Object.fromEntries(rest))
}

function dropReaders(top: Draft, at: readonly string[], id: string, port: string): void {
  const nodes = top.read([...at, 'nodes']) as Workflow['nodes']
  for (const { from, to } of linksOf({ nodes }))
    if (from.node === id && from.port === port) top.drop([...at, 'nodes', to.node, 'inputs', to.port])
}

/** Takes away what a subgraph shows of nodes that are removed from it. */
export function demoteNodes(draft: Draft, ids: ReadonlySet<string>): void {
  const name = draft.at[1]
  const definition = name === undefined ? undefined : own(draft.file.subgraphs, name)
  if (name === undefined || !definition) return
  const isGone = (text: string) => ids.has(parseSource(text).node)
  draft.atTop((top) => {
    for (const [port, targets] of Object.entries(definition.inputs)) {
      const rest = targets.filter((target) => !isGone(target))
      if (rest.length === 0) demote(top, name, 'inputs', port)
      else top.put(['subgraphs', name, 'inputs', port], rest)
    }
    for (const kind of ['outputs', 'params'] as const)
      for (const [port, target] of Object.entries(definition[kind] ?? {}))
        if (isGone(target)) demote(top, name, kind, port)
  })
}
