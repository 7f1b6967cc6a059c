/** A sweep: one run over every combination of values of one or two parameters. */
import { parseSource, type Sweep, type Workflow } from './format.ts'
import { own } from './own.ts'
import { subgraphName } from './subgraph-shape.ts'

/** One combination: 0-based index on each axis. */
export type Cell = readonly number[]

/** How many cells there are: one without a sweep. */
export function cellCount(axes: readonly { readonly values: readonly unknown[] }[] = []): number {
  return axes.reduce((cells, { values }) => cells * values.length, 1)
}

/** Every cell, row by row: the first axis goes across, the second down. */
export function cellsOf({ axes: [first, second] }: Sweep): Cell[] {
  const columns = [...(first?.values.keys() ?? [])]
  if (!second) return columns.map((column) => [column])
  return [...second.values.keys()].flatMap((row) => columns.map((column) => [column, row]))
}

/** The workflow of one cell: plain, with the values of that cell. It alone gives the same picture. */
export function cellWorkflow({ sweep, ...workflow }: Workflow, cell: Cell): Workflow {
  const nodes = new Map(Object.entries(workflow.nodes))
  for (const [axis, { at, values }] of (sweep?.axes ?? []).entries()) {
    const { node: id, output: param } = parseSource(at)
    const node = nodes.get(id)
    const value = values[cell[axis] ?? 0]
    if (node && value !== undefined) nodes.set(id, { ...node, values: { ...node.values, [param]: value } })
  }
  return { ...workflow, nodes: Object.fromEntries(nodes) }
}

/** The nodes, as they are called when they run, whose values differ between the cells. */
export function sweptNodes(workflow: Workflow): ReadonlySet<string> {
  return new Set((workflow.sweep?.axes ?? []).map(({ at }) => plainNode(workflow, at)))
}

/** The plain node behind a parameter: that of a subgraph belongs to one of its nodes. */
export function plainNode({ nodes, subgraphs = {} }: Workflow, at: string): string {
  let { node, output: param } = parseSource(at)
  let type = own(nodes, node)?.type
  for (;;) {
    const subgraph = own(subgraphs, subgraphName(type ?? '') ?? '')
    const end = own(subgraph?.params, param)
    if (!subgraph || end === undefined) return node
    const inner = parseSource(end)
    type = own(subgraph.nodes, inner.node)?.type
    node = `${node}/${inner.node}`
    param = inner.output
  }
}
