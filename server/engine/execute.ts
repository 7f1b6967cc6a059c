/** Runs a workflow. Rules: SPEC.md. The engine knows no node, no socket and no file: all of that is handed to it. */
import { planWorkflow } from '#workflows/plan.ts'
import { membersOf, nameOf } from '#workflows/unit.ts'
import type { ExecuteOptions, RunResult } from './engine.ts'
import { Run } from './run.ts'
import { Scheduler } from './scheduler.ts'
import type { SweepCell } from './sweep-cell.ts'
import { executeSweep } from './execute-sweep.ts'

/**
 * Runs the targets of a workflow and what they need. A value that is not allowed is found before anything runs.
 *
 * Failures of nodes are part of the result. What a failed node does not hold up still runs.
 *
 * @throws TypeError when the workflow cannot be ordered, has node types that the registry lacks, or sweeps over what it
 * does not have; `validateWorkflow` finds all of these before.
 */
export async function execute(options: ExecuteOptions): Promise<RunResult> {
  return options.workflow.sweep ? executeSweep(options, executeOnce) : executeOnce(options, null)
}

async function executeOnce(options: ExecuteOptions, cell: SweepCell | null): Promise<RunResult> {
  const { workflow, registry, targets } = options
  const { plan, faults } = planWorkflow(workflow, registry, targets)
  if (!plan)
    throw new TypeError(`Cannot run the workflow: ${faults.map(({ message }) => message).join('; ')}`)
  const ids = plan.units.flatMap(membersOf)
  const typeOf = (id: string) => plan.nodes.get(id)?.type ?? ''
  const unknown = ids.filter((id) => !registry.has(typeOf(id))).map((id) => `'${id}' (${typeOf(id)})`)
  if (unknown.length > 0)
    throw new TypeError(`Cannot run the workflow: no node has the type of ${unknown.join(', ')}`)
  const run = new Run(options, plan, cell)
  if (!run.checkValues(ids)) return run.result()
  const scheduler = new Scheduler(run, plan)
  for (const unit of plan.units) {
    const left = cell?.left.get(nameOf(unit))
    if (!left) continue
    run.take(left.giver, left.outputs, left.because)
    scheduler.skip(unit)
  }
  await scheduler.want(plan.targets)
  await scheduler.settle()
  return run.result()
}
