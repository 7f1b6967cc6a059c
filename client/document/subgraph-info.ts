/** What the subgraphs of a file look like from outside: nodes like any other. */
import type { Catalogue } from '#nodes/node-info.ts'
import { checkSubgraphs } from '#workflows/check-subgraphs.ts'
import { currentVersion, type Workflow } from '#workflows/format.ts'
import { subgraphsOf, withSubgraphs as withShapes } from '#workflows/subgraph-shape.ts'

/** The catalogue with an entry for each subgraph of a file. */
export function withSubgraphs(catalogue: Catalogue, subgraphs: Workflow['subgraphs']): Catalogue {
  if (!subgraphs) return catalogue
  const file: Workflow = { groundwork: currentVersion, nodes: {}, subgraphs }
  // One that holds itself has no end; the server says so, and here it has the ports that can be known.
  const names = new Set([...checkSubgraphs(file).order, ...Object.keys(subgraphs)])
  return Object.fromEntries(withShapes(catalogue, subgraphsOf(file), [...names]))
}
