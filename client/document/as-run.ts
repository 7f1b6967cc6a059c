/** A workflow as it runs: its nodes as events call them, `outer/inner` where they stand in a subgraph, and its loops. */
import type { Catalogue } from '#nodes/node-info.ts'
import { checkSubgraphs } from '#workflows/check-subgraphs.ts'
import { expandWorkflow } from '#workflows/expand.ts'
import type { Workflow } from '#workflows/format.ts'
import { loopRegions, type Graph, type LoopRegion } from './queries.ts'

export interface AsRun {
  readonly catalogue: Catalogue
  readonly graph: Graph
  readonly loops: readonly LoopRegion[]
}

/** What is sent never changes, and is asked for with every picture. */
const known = new WeakMap<Workflow, AsRun>()

export function asRun(workflow: Workflow, catalogue: Catalogue): AsRun {
  const before = known.get(workflow)
  if (before?.catalogue === catalogue) return before
  const graph = expand(workflow, catalogue)
  const made = { catalogue, graph, loops: loopRegions(graph, catalogue) }
  known.set(workflow, made)
  return made
}

/** One that cannot be expanded stays as it is: it never ran. */
function expand(workflow: Workflow, catalogue: Catalogue): Graph {
  if (checkSubgraphs(workflow).faults.length > 0) return workflow
  return { nodes: Object.fromEntries(expandWorkflow(workflow, new Map(Object.entries(catalogue))).nodes) }
}
