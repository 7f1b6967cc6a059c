/** How much a run can cost at most, from the file alone: a small graph may ask for more than a machine can give. */
import type { Catalogue, Measure, NodeInfo, ParamInfo } from '#nodes/node-info.ts'
import type { WireType } from '#nodes/wire-types.ts'
import type { Fault } from './fault.ts'
import type { Sweep, Workflow } from './format.ts'
import { limits } from './limits.ts'
import { own } from './own.ts'
import { planWorkflow, type Plan } from './plan.ts'
import { cellCount, cellWorkflow, type Cell } from './sweep.ts'
import { membersOf, nameOf, type Unit } from './unit.ts'

export interface Cost {
  /** Pixels, each as often as a node looks at it: the sum over all nodes, all their steps and all cells of the sweep. */
  readonly work: number
  /** Bytes of what all nodes of one cell give, were all of it kept. */
  readonly bytes: number
}

/** What the file does not say. */
export interface CostFacts {
  /** Largest side that a model of this machine was trained at: what a size of 0 stands for. */
  readonly trainedSide: number
  /** Most pixels of a stored picture. */
  readonly picturePixels: number
}

/** Bytes of a value per pixel of its picture; 0 for what does not grow with it, or is passed on as it came. */
const bytesPerPixel: Record<WireType, number> = {
  // float32 RGB.
  Image: 12,
  Mask: 4,
  // At most 16 channels of float32 over 8 × 8 pixels, with what a sampler remembers and what is kept of a picture.
  Latent: 6,
  Model: 0,
  Conditioning: 0,
  Grounding: 0,
  Boxes: 0,
  Keypoints: 0,
  Step: 0,
  Text: 0,
  Int: 0,
  Float: 0,
  Bool: 0,
  Any: 0,
}

/**
 * An upper bound, in numbers that end at 2^53 − 1 in place of losing digits. Linear in the plan.
 *
 * @param cells how often the whole plan runs
 */
export function estimateCost(plan: Plan, catalogue: Catalogue, cells: number, facts: CostFacts): Cost {
  const sizes = new Map<string, number>()
  let work = 0
  let bytes = 0
  for (const unit of plan.units) {
    const runs = runsOf(unit, plan, catalogue)
    for (const id of membersOf(unit)) {
      const size = sizeOf(id, plan, catalogue, sizes, facts)
      sizes.set(id, size)
      work = plus(work, times(size, runs))
      bytes = plus(bytes, times(size, weightOf(infoOf(id, plan, catalogue))))
    }
  }
  return { work: times(work, cells), bytes }
}

/**
 * Why a workflow that can run is refused all the same. One with other faults is left to `validateWorkflow`.
 *
 * @param known how it runs to its own targets, where that was found out already
 */
export function costFaults(
  workflow: Workflow,
  catalogue: Catalogue,
  facts: CostFacts,
  { targets, known }: { readonly targets?: readonly string[]; readonly known?: Plan | null } = {},
): Fault[] {
  const cells = cellCount(workflow.sweep?.axes)
  const shapes = new Map(Object.entries(catalogue))
  const costs = worstCells(workflow.sweep).flatMap((cell) => {
    const plan =
      known && !workflow.sweep && !targets
        ? known
        : planWorkflow(cellWorkflow(workflow, cell), shapes, targets).plan
    return plan ? [estimateCost(plan, catalogue, cells, facts)] : []
  })
  const work = Math.max(0, ...costs.map((cost) => cost.work))
  const bytes = Math.max(0, ...costs.map((cost) => cost.bytes))
  return [
    ...over(work, limits.work, (times) => `it is ${times} times the work that one run may ask for`),
    ...over(
      bytes,
      limits.valueBytes,
      (times) => `its values take ${times} times the memory that one run may fill`,
    ),
  ]
}

/** Cells among which the dearest is: on each axis the largest number, and 0, which may stand for a larger one. */
function worstCells(sweep: Sweep | undefined): Cell[] {
  const candidates = (sweep?.axes ?? []).map(({ values }) => {
    const numbers = values.map((value) => (typeof value === 'number' ? value : -Infinity))
    return [numbers.indexOf(Math.max(...numbers)), numbers.indexOf(0)].filter((index) => index >= 0)
  })
  return candidates.reduce<Cell[]>(
    (cells, next) => cells.flatMap((cell) => next.map((index) => [...cell, index])),
    [[]],
  )
}

function over(amount: number, most: number, say: (times: string) => string): Fault[] {
  if (amount <= most) return []
  const times =
    amount >= Number.MAX_SAFE_INTEGER ? 'countless' : (Math.ceil((amount / most) * 10) / 10).toString()
  const message = `Cannot run the workflow: ${say(times)}; make pictures smaller, or take fewer steps, nodes or cells`
  return [{ code: 'too-costly', path: ['nodes'], message }]
}

function infoOf(id: string, plan: Plan, catalogue: Catalogue): NodeInfo | undefined {
  return own(catalogue, plan.nodes.get(id)?.type ?? '')
}

/** How often each node of a unit runs in one cell. How long a list is, nobody knows before: as long as a sweep may be. */
function runsOf(unit: Unit, plan: Plan, catalogue: Catalogue): number {
  const first = nameOf(unit)
  const steps = measured(first, 'times', plan, catalogue)
  return times(steps.reduce(times, 1), plan.mapped.has(first) ? limits.cells : 1)
}

/** Pixels of the picture that a node works on: its own where it says so, else the largest that arrives. */
function sizeOf(
  id: string,
  plan: Plan,
  catalogue: Catalogue,
  sizes: ReadonlyMap<string, number>,
  { trainedSide, picturePixels }: CostFacts,
): number {
  const side = (measure: Measure): number | null => {
    const sides = measured(id, measure, plan, catalogue).map((side) => (side === 0 ? trainedSide : side))
    return sides.length > 0 ? Math.max(...sides) : null
  }
  const [width, height] = [side('width'), side('height')]
  const [across, down] = [width ?? height, height ?? width]
  if (across !== null && down !== null) return times(across, down)
  const params = Object.values(infoOf(id, plan, catalogue)?.params ?? {})
  const stored = params.some(({ widget }) => widget === 'picture') ? picturePixels : 1
  return Math.max(stored, ...(plan.links.get(id) ?? []).map(({ from }) => sizes.get(from) ?? 1))
}

/** The values of a node's parameters of one measure; of one that a link feeds, the most that it takes. */
function measured(id: string, measure: Measure, plan: Plan, catalogue: Catalogue): number[] {
  const info = infoOf(id, plan, catalogue)
  if (!info) return []
  const links = plan.links.get(id) ?? []
  const { values } = plan.nodes.get(id) ?? {}
  return paramsOf(info, measure).map(([name, param]) => {
    const most = param.max ?? Number.MAX_SAFE_INTEGER
    const isLinked = links.some(({ input }) => input === name)
    const value = isLinked ? most : (own(values, name) ?? param.default)
    return typeof value === 'number' && value >= 0 ? Math.min(value, most) : most
  })
}

type Params = readonly (readonly [name: string, param: ParamInfo])[]

/** The parameters of a node type that are of each measure: looked for once, not for each of its nodes. */
const measuring = new WeakMap<NodeInfo, Map<Measure, Params>>()

function paramsOf(info: NodeInfo, measure: Measure): Params {
  const known = measuring.get(info) ?? new Map<Measure, Params>()
  measuring.set(info, known)
  const found =
    known.get(measure) ?? Object.entries(info.params).filter(([, param]) => param.measures === measure)
  known.set(measure, found)
  return found
}

function weightOf(info: NodeInfo | undefined): number {
  const types = Object.values(info?.outputs ?? {}).map(({ type }) => bytesPerPixel[type])
  return types.reduce(plus, 0)
}

function plus(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER)
}

function times(a: number, b: number): number {
  return Math.min(a * b, Number.MAX_SAFE_INTEGER)
}
