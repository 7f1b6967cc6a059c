/** Writes workflows in one line per node. */
import type { Workflow } from '#workflows/format.ts'

type NodeLine = readonly [type: string, values?: Record<string, unknown>, inputs?: Record<string, string>]

/** `workflow({ two: ['toy/number', { value: 2 }], sum: ['toy/add', {}, { a: 'two.value' }] })` */
export function workflow(nodes: Readonly<Record<string, NodeLine>>): Workflow {
  const entries = Object.entries(nodes).map(([id, [type, values = {}, inputs = {}]]) => [
    id,
    { type, values, inputs },
  ])
  return { groundwork: 1, nodes: Object.fromEntries(entries) as Workflow['nodes'] }
}
