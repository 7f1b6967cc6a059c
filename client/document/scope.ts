/** Which graph of the file is looked at: its own, or that of a subgraph. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow, WorkflowNode } from '#workflows/format.ts'
import { subgraphName, subgraphType } from '#workflows/subgraph-shape.ts'
import { own } from './record.ts'

/** A step into a subgraph: the node that was entered, and the name of its subgraph. */
export interface Step {
  readonly node: string
  readonly name: string
}

export type Trail = readonly Step[]

/** The path in the file of the graph that a trail leads to. */
export function pathOf(trail: Trail): readonly string[] {
  const last = trail.at(-1)
  return last ? ['subgraphs', last.name] : []
}

/** The graph at a path, in the form of a workflow; without nodes where nothing stands there. */
export function graphAt(file: Workflow, path: readonly string[]): Workflow {
  const name = path[1]
  if (name === undefined) return file
  const graph = own(file.subgraphs, name)
  return {
    groundwork: file.groundwork,
    nodes: graph?.nodes ?? {},
    ...(graph?.view && { view: graph.view }),
    ...(file.subgraphs && { subgraphs: file.subgraphs }),
  }
}

/** As much of a trail as still leads somewhere: an undo may have taken away what was entered. */
export function soundTrail(file: Workflow, trail: Trail): Trail {
  const sound: Step[] = []
  for (const step of trail) {
    const { nodes } = graphAt(file, pathOf(sound))
    const isThere = own(nodes, step.node)?.type === subgraphType(step.name)
    if (!isThere || !own(file.subgraphs, step.name)) break
    sound.push(step)
  }
  return sound.length === trail.length ? trail : sound
}

/** A node's name in events and faults, which know the whole file: `outer/inner`. */
export function wholeId(trail: Trail, id: string): string {
  return [...trail.map(({ node }) => node), id].join('/')
}

/** The name itself, and those of the nodes that stand for what it is inside of: `a/b/c`, `a/b`, `a`. */
export function wholeAndOuter(whole: string): string[] {
  const parts = whole.split('/')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'))
}

/** The node that events and faults call so: `outer/inner`. */
export function nodeCalled(file: Workflow, whole: string): WorkflowNode | undefined {
  const steps = whole.split('/')
  const last = steps.pop() ?? ''
  let graph = file
  for (const step of steps) {
    const name = subgraphName(own(graph.nodes, step)?.type ?? '')
    if (name === null) return undefined
    graph = graphAt(file, ['subgraphs', name])
  }
  return own(graph.nodes, last)
}

/** What people call that node: its own title, or that of its type. */
export function titleCalled(file: Workflow, catalogue: Catalogue, whole: string): string {
  const node = nodeCalled(file, whole)
  return node?.title ?? own(catalogue, node?.type ?? '')?.title ?? whole
}
