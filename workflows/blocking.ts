/** Which faults stand in the way of a run: an unfinished node at the edge of the graph does not. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Fault } from './fault.ts'
import type { Workflow } from './format.ts'
import { planWorkflow, type Unit } from './plan.ts'

/**
 * The faults of what the targets need. A fault of the file as a whole, and one that keeps the workflow from being
 * ordered, is always among them.
 *
 * @param faults all of the workflow, from `validateWorkflow`.
 * @param targets as for `planWorkflow`.
 */
export function blockingFaults(
  workflow: Workflow,
  faults: readonly Fault[],
  catalogue: Catalogue,
  targets?: readonly string[],
): readonly Fault[] {
  if (faults.length === 0) return faults
  const { plan } = planWorkflow(workflow, new Map(Object.entries(catalogue)), targets)
  if (!plan) return faults
  const needed = new Set(plan.units.flatMap(nodesOf))
  return faults.filter(({ path: [part, id] }) => part !== 'nodes' || needed.has(String(id)))
}

function nodesOf(unit: Unit): readonly string[] {
  return unit.kind === 'node' ? [unit.id] : [unit.start, ...unit.body, unit.end]
}
