/** Runs a workflow. Rules: SPEC.md. The engine knows no node, no socket and no file: all of that is handed to it. */
import { planWorkflow, type Unit } from '#workflows/plan.ts'
import type { ExecuteOptions, RunResult } from './engine.ts'
import { runLoop } from './run-loop.ts'
import { Run } from './run.ts'

/**
 * Runs the targets of a workflow and what they need, one node after the other. A value that is not allowed is found
 * before anything runs.
 *
 * Failures of nodes are part of the result. What a failed node does not hold up still runs.
 *
 * @throws TypeError when the workflow cannot be ordered or has node types that the registry lacks; `validateWorkflow`
 * finds both before.
 */
export async function execute(options: ExecuteOptions): Promise<RunResult> {
  const { workflow, registry, targets } = options
  const { plan, faults } = planWorkflow(workflow, registry, targets)
  if (!plan)
    throw new TypeError(`Cannot run the workflow: ${faults.map(({ message }) => message).join('; ')}`)
  const ids = plan.units.flatMap(idsOf)
  const typeOf = (id: string) => plan.nodes.get(id)?.type ?? ''
  const unknown = ids.filter((id) => !registry.has(typeOf(id))).map((id) => `'${id}' (${typeOf(id)})`)
  if (unknown.length > 0)
    throw new TypeError(`Cannot run the workflow: no node has the type of ${unknown.join(', ')}`)
  const run = new Run(options, plan)
  if (!run.checkValues(ids)) return run.result()
  for (const unit of plan.units) {
    if (run.isCancelled) break
    if (unit.kind === 'loop') await runLoop(run, unit)
    else {
      await run.runNode(unit.id, null)
      if (run.outputsOf(unit.id)) run.tally.finish(unit.id)
    }
  }
  return run.result()
}

function idsOf(unit: Unit): readonly string[] {
  return unit.kind === 'node' ? [unit.id] : [unit.start, ...unit.body, unit.end]
}
