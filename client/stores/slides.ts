/** The steps of a run as pictures to flip through, loop by loop. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { KeptStep } from '#workflows/protocol.ts'
import { loopRegions } from '../document/queries.ts'
import { showFrame, showKept, type KeptSlide, type Shown } from './run-pictures.ts'
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

/** A list fetched once gives the same slides ever after, so that pictures are not drawn again. */
const made = new WeakMap<readonly KeptStep[], ReadonlyMap<string, readonly Slide[]>>()

/**
 * By the node that starts the loop: what the server kept, and where it kept nothing, the previews that came over the line.
 * A preview names the node that drew it; which loop that stands in follows from the workflow.
 */
export function slidesOf(
  run: Run,
  kept: readonly KeptStep[],
  catalogue: Catalogue,
): ReadonlyMap<string, readonly Slide[]> {
  const seen = previewSlides(run, catalogue)
  if (kept.length === 0) return seen
  const known = made.get(kept) ?? keptSlides(run.job.id, kept)
  made.set(kept, known)
  return new Map([...seen, ...known])
}

function keptSlides(job: string, kept: readonly KeptStep[]): ReadonlyMap<string, readonly Slide[]> {
  const loops = new Map<string, Slide[]>()
  for (const { node, index, total, beta } of kept.toSorted((a, b) => a.index - b.index)) {
    const slide: KeptSlide = { job, node, index, total, beta }
    const slides = loops.get(node) ?? []
    slides.push({ index, total, beta, shown: showKept(slide), isKept: true })
    loops.set(node, slides)
  }
  return loops
}

function previewSlides({ frames, job }: Run, catalogue: Catalogue): ReadonlyMap<string, readonly Slide[]> {
  const regions = loopRegions(job.workflow, catalogue)
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
