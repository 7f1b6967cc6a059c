/** Runs a workflow once per cell of its sweep, with one cache, and lays the pictures out in a labelled grid. */
import { drawGrid, type GridCell, type GridForm } from '#nodes/draw-grid.ts'
import { parseSource, type Sweep } from '#workflows/format.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { cellsOf, cellWorkflow, sweptNodes, type Cell } from '#workflows/sweep.ts'
import type { ExecuteOptions, NodeReport, RunOutput, RunResult } from './engine.ts'
import { membersOf } from './scheduler.ts'
import type { Left, SweepCell } from './sweep-cell.ts'
import { inWords } from './words.ts'

type ExecuteCell = (options: ExecuteOptions, cell: SweepCell) => Promise<RunResult>

export async function executeSweep(options: ExecuteOptions, executeCell: ExecuteCell): Promise<RunResult> {
  const { sweep } = options.workflow
  if (!sweep) throw new TypeError('Cannot sweep: the workflow has no sweep')
  if (options.branch) throw new TypeError('Cannot branch into a sweep: run the workflow of one cell')
  const shared = sharedNodes(options)
  const left = new Map<string, Left>()
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
    results.push(await executeCell(own, { cell, words, isShared, keep, left }))
  }
  const whole = merge(results, options)
  return whole.cancelled
    ? whole
    : { ...whole, outputs: [...whole.outputs, ...(await grids(options, sweep, whole))] }
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

/** Such as `on = 0.5`, one per axis; the node is named where both axes have a parameter of the same name. */
function labelsOf({ axes }: Sweep, cell: Cell): string[] {
  const names = axes.map(({ at }) => parseSource(at).output)
  const isSame = names.length > 1 && names[0] === names[1]
  return axes.map(({ at, values }, axis) => {
    const value = values[cell[axis] ?? 0]
    return `${isSame ? at : names[axis]} = ${typeof value === 'string' ? value : inWords(value)}`
  })
}

function merge(results: readonly RunResult[], { signal }: ExecuteOptions): RunResult {
  const nodes = new Map<string, NodeReport>()
  for (const result of results)
    for (const [id, report] of result.nodes) nodes.set(id, added(nodes.get(id), report))
  return {
    ok: results.every(({ ok }) => ok),
    cancelled: signal?.aborted ?? false,
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

/** One grid per node that made pictures in the cells, of its first picture in each. */
async function grids(options: ExecuteOptions, sweep: Sweep, { outputs }: RunResult): Promise<RunOutput[]> {
  const { workflow, services } = options
  const made: RunOutput[] = []
  const pictured = outputs.filter(({ cell }) => cell)
  for (const node of new Set(pictured.map((output) => output.node))) {
    const own = pictured.filter((output) => output.node === node)
    const saved = own.some((output) => output.saved)
    const image = drawGrid(await gridCells(options, own, sweep), gridForm(sweep))
    const stored = await services.savePicture(image, { saved, name: 'sweep', node, workflow })
    const output: RunOutput = { node, ...stored, saved, grid: true }
    options.emit({ kind: 'output', ...output })
    made.push(output)
  }
  return made
}

async function gridCells(
  { services }: ExecuteOptions,
  outputs: readonly RunOutput[],
  sweep: Sweep,
): Promise<GridCell[]> {
  const cells: GridCell[] = []
  for (const cell of cellsOf(sweep)) {
    const output = outputs.find((other) => other.cell?.join() === cell.join())
    const [column = 0, row = 0] = cell
    if (output) cells.push({ row, column, image: await services.loadPicture(output.picture) })
  }
  return cells
}

/** The first axis goes across, the second down. */
function gridForm(sweep: Sweep): GridForm {
  const along = (axis: number) =>
    (sweep.axes[axis]?.values ?? []).map((_, index) => {
      const cell = sweep.axes.map((_, other) => (other === axis ? index : 0))
      return labelsOf(sweep, cell)[axis] ?? ''
    })
  const [columnLabels, rowLabels] = [along(0), along(1)]
  return { rows: Math.max(1, rowLabels.length), columns: columnLabels.length, rowLabels, columnLabels }
}
