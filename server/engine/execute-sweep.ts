/** Runs a workflow once per cell of its sweep, with one cache, and lays the pictures out in a labelled grid. */
import { planWorkflow } from '#workflows/plan.ts'
import { cellsOf, cellWorkflow, sweptNodes } from '#workflows/sweep.ts'
import { membersOf } from '#workflows/unit.ts'
import type { ExecuteOptions, NodeReport, RunResult } from './engine.ts'
import type { Left, SweepCell } from './sweep-cell.ts'
import { labelsOf, SweepGrids } from './sweep-grid.ts'

type ExecuteCell = (options: ExecuteOptions, cell: SweepCell) => Promise<RunResult>

export async function executeSweep(options: ExecuteOptions, executeCell: ExecuteCell): Promise<RunResult> {
  const { sweep } = options.workflow
  if (!sweep) throw new TypeError('Cannot sweep: the workflow has no sweep')
  if (options.branch) throw new TypeError('Cannot branch into a sweep: run the workflow of one cell')
  const shared = sharedNodes(options)
  const left = new Map<string, Left>()
  const grids = new SweepGrids(options, sweep)
  const results: RunResult[] = []
  for (const cell of cellsOf(sweep)) {
    if (options.signal?.aborted) break
    const workflow = cellWorkflow(options.workflow, cell)
    const words = labelsOf(sweep, cell).join(', ')
    const isShared = (node: string) => shared.has(node)
    const keep: SweepCell['keep'] = (unit, giver, outputs, because) => {
      if (isShared(giver)) left.set(unit, { giver, outputs, because })
    }
    const own: ExecuteOptions = {
      ...options,
      workflow,
      // Asked for every time: people begin and cease to look while it runs.
      get emitPreview() {
        return options.emitPreview
      },
    }
    const result = await executeCell(own, { cell, words, isShared, keep, left })
    await grids.take(result.outputs)
    results.push(result)
  }
  const whole = merge(results, options)
  if (whole.cancelled) return whole
  const { outputs, values } = await grids.draw()
  return {
    ...whole,
    outputs: [...whole.outputs, ...outputs],
    values: new Map([...whole.values, ...values]),
  }
}

/** The nodes that no value of the sweep reaches. A loop is taken as a whole. */
function sharedNodes({ workflow, registry, targets }: ExecuteOptions): ReadonlySet<string> {
  const { plan } = planWorkflow(workflow, registry, targets)
  const swept = sweptNodes(workflow)
  const reached = new Set<string>()
  const shared = new Set<string>()
  for (const unit of plan?.units ?? []) {
    const members = membersOf(unit)
    const isReached = members.some(
      (id) => swept.has(id) || plan?.links.get(id)?.some(({ from }) => reached.has(from)),
    )
    for (const id of members) (isReached ? reached : shared).add(id)
  }
  return shared
}

function merge(results: readonly RunResult[], { signal }: ExecuteOptions): RunResult {
  const nodes = new Map<string, NodeReport>()
  for (const result of results)
    for (const [id, report] of result.nodes) nodes.set(id, added(nodes.get(id), report))
  const cancelled = signal?.aborted ?? false
  return {
    // Cells that ended before the sweep was stopped are well, and the sweep is not.
    ok: !cancelled && results.every(({ ok }) => ok),
    cancelled,
    errors: results.flatMap(({ errors }) => errors),
    nodes,
    outputs: results.flatMap(({ outputs }) => outputs),
    values: new Map(results.flatMap(({ values }) => [...values])),
  }
}

/** A node is as well as in the worst of its cells. */
function added(before: NodeReport | undefined, now: NodeReport): NodeReport {
  if (!before) return now
  const worse = before.state === 'finished' ? now : before
  return {
    ...worse,
    cached: before.cached && now.cached,
    ms: before.ms + now.ms,
    runs: before.runs + now.runs,
    cachedRuns: before.cachedRuns + now.cachedRuns,
  }
}
