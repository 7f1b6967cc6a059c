/** Which subgraphs a graph needs. */
import type { Workflow } from '#workflows/format.ts'
import { subgraphName } from '#workflows/subgraph-shape.ts'
import { own } from './record.ts'

/** The names of the subgraphs that these nodes stand for, with all that those use in turn. */
export function subgraphsIn(file: Pick<Workflow, 'subgraphs'>, nodes: Workflow['nodes']): Set<string> {
  const names = new Set<string>()
  const open = [nodes]
  for (const graph of open)
    for (const { type } of Object.values(graph)) {
      const name = subgraphName(type)
      const definition = name === null ? undefined : own(file.subgraphs, name)
      if (name === null || !definition || names.has(name)) continue
      names.add(name)
      open.push(definition.nodes)
    }
  return names
}
