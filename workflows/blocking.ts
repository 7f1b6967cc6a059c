/** Which faults stand in the way of a run: an unfinished node at the edge of the graph does not. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Fault } from './fault.ts'
import type { Workflow } from './format.ts'
import { idleFaults, planWorkflow } from './plan.ts'
import { membersOf } from './unit.ts'
import type { Validated } from './validate.ts'

/**
 * The faults of what the targets need. A fault of the file as a whole, and one that keeps the workflow from being
 * ordered, is always among them.
 *
 * @param judged by `validateWorkflow`
 * @param targets as for `planWorkflow`
 */
export function blockingFaults(
  { workflow, faults, plan: known }: Validated & { readonly workflow: Workflow },
  catalogue: Catalogue,
  targets?: readonly string[],
): readonly Fault[] {
  if (known && !targets) return idleFaults(known)
  const { plan, faults: others } = planWorkflow(workflow, new Map(Object.entries(catalogue)), targets)
  if (!plan) {
    const known = new Set(faults.map(({ message }) => message))
    return [...faults, ...others.filter(({ message }) => !known.has(message))]
  }
  const needed = new Set(plan.units.flatMap(membersOf).flatMap(withOuter))
  return faults.filter(({ path: [part, id] }) => part !== 'nodes' || needed.has(String(id)))
}

/** A node inside a subgraph, and the nodes that stand for what it is inside of: `a/b/c`, `a/b`, `a`. */
function withOuter(id: string): string[] {
  const parts = id.split('/')
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
