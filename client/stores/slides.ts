/** The steps of a run as pictures to flip through, loop by loop. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { KeptStep } from '#workflows/protocol.ts'
import { asRun } from '../document/as-run.ts'
import { showFrame, showKept, type Shown } from './run-pictures.ts'
import type { Run } from './runs.ts'

export interface Slide {
  readonly index: number
  readonly total: number | null
  /** Gate strength at that step; null where there is no grounding. */
  readonly beta: number | null
  readonly shown: Shown
  /** Whether the server kept it, so that a run can go on from there. */
  readonly isKept: boolean
}

/** A cell of a sweep, and an item of a list. */
export interface Among {
  readonly cell?: readonly number[] | null
  readonly item?: number | null
}

/** A step that was fetched once gives the same slide ever after, so that its picture is not drawn again. */
const made = new WeakMap<KeptStep, Slide>()

/**
 * By the node that starts the loop: what the server kept, and where it kept nothing, the previews that came over the line.
 * A preview names the node that drew it; which loop that stands in follows from the workflow.
 *
 * @param among whose steps of a sweep or of a list; those of the first where nothing is said
 */
export function slidesOf(
  run: Run,
  kept: readonly KeptStep[],
  catalogue: Catalogue,
  among: Among = {},
): ReadonlyMap<string, readonly Slide[]> {
  const seen = previewSlides(run, catalogue)
  if (kept.length === 0) return seen
  return new Map([...seen, ...keptSlides(run.job.id, kept, among)])
}

function keptSlides(
  job: string,
  kept: readonly KeptStep[],
  among: Among,
): ReadonlyMap<string, readonly Slide[]> {
  const loops = new Map<string, Slide[]>()
  const those = kept.filter((step) => isOf(step, among))
  for (const step of those.sort((a, b) => a.index - b.index)) {
    const slides = loops.get(step.node) ?? []
    slides.push(slideOf(job, step))
    loops.set(step.node, slides)
  }
  return loops
}

/** Whether a step belongs to a cell, or to all of them, and to an item. */
function isOf({ cell = [], item }: KeptStep, wished: Among): boolean {
  const isInCell = cell.every((at, axis) => at === (wished.cell?.[axis] ?? 0))
  return isInCell && (!item || item.index === (wished.item ?? 0))
}

function slideOf(job: string, step: KeptStep): Slide {
  const { index, total, beta } = step
  const slide = made.get(step) ?? { index, total, beta, shown: showKept(job, step), isKept: true }
  made.set(step, slide)
  return slide
}

function previewSlides({ frames, job }: Run, catalogue: Catalogue): ReadonlyMap<string, readonly Slide[]> {
  const regions = asRun(job.workflow, catalogue).loops
  const startOf = (node: string) => regions.find(({ nodes }) => nodes.includes(node))?.start ?? node
  const loops = new Map<string, Map<number, Slide>>()
  for (const frame of frames) {
    if (frame.step === null) continue
    const start = startOf(frame.node)
    const slides = loops.get(start) ?? new Map<number, Slide>()
    const { step: index, total, beta } = frame
    slides.set(index, { index, total, beta, shown: showFrame(frame), isKept: false })
    loops.set(start, slides)
  }
  const sorted = (slides: ReadonlyMap<number, Slide>) =>
    [...slides.values()].sort((a, b) => a.index - b.index)
  return new Map([...loops].map(([start, slides]) => [start, sorted(slides)]))
}
