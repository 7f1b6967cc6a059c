/** Writes workflows in one line per node. */
import type { Workflow, WorkflowNode } from '#workflows/format.ts'

type NodeLine = readonly [
  type: string,
  values?: Record<string, unknown>,
  inputs?: Record<string, string>,
  mode?: 'mute' | 'bypass' | undefined,
]
type NodeLines = Readonly<Record<string, NodeLine>>

/** `workflow({ two: ['toy/number', { value: 2 }], sum: ['toy/add', {}, { a: 'two.value' }] })` */
export function workflow(lines: NodeLines, more: Partial<Workflow> = {}): Workflow {
  return { groundwork: 1, nodes: nodesOf(lines), ...more }
}

/** The nodes alone, for a subgraph. */
export function nodesOf(lines: NodeLines): Workflow['nodes'] {
  const entries = Object.entries(lines).map(([id, [type, values = {}, inputs = {}, mode]]) => {
    return [id, { type, values, inputs, ...(mode && { mode }) } as WorkflowNode]
  })
  return Object.fromEntries(entries) as Workflow['nodes']
}
