/** Whether a picture obeys its grounding: what a detector saw, held against what was asked for. Pure arithmetic. */
import {
  figureBox,
  intersectionOverUnion,
  keypointSimilarity,
  type Box,
  type Detection,
} from '#inference/detections.ts'
import type { BoxEntity } from './boxes.ts'
import type { Figure } from './keypoints.ts'

/** What the detector sees in a place. */
export interface Seen {
  readonly kind: string
  readonly score: number
  readonly box: Box
  /** Shared area over the area of both, 0..1. */
  readonly iou: number
}

export interface EntityReport {
  readonly phrase: string
  readonly box: Box
  /** The kind that the phrase speaks of; null where the detector knows none. */
  readonly kind: string | null
  readonly found: boolean
  /** How well the asked kind fills the box; 0 where it is nowhere. */
  readonly iou: number
  /** Whatever overlaps the box best, of any kind; null where nothing does. */
  readonly sees: Seen | null
}

export interface FigureReport {
  readonly found: boolean
  /** Object keypoint similarity of the figure that answers for it, 0..1; 0 where none does. */
  readonly oks: number
}

export interface GroundingReport {
  readonly found: number
  readonly of: number
  /** Over entities; 0 where there is none. */
  readonly meanIou: number
  readonly entities: readonly EntityReport[]
  readonly figures: readonly FigureReport[]
  /** What was seen and asked for nowhere. */
  readonly others: readonly Omit<Seen, 'iou'>[]
}

export interface ReportOptions {
  /** From here on a box counts as followed, 0..1. COCO's AP50 takes 0.5. */
  readonly threshold: number
  /** The kind that a phrase speaks of. */
  readonly kindOf: (phrase: string) => string | null
  readonly sigmas?: readonly number[]
}

/**
 * Holds entities and figures against what was seen. A detection answers for one of them only: the best pairs are taken
 * first, so that two cats asked for need two cats, and two poses two figures.
 */
export function reportOn(
  asked: { readonly entities: readonly BoxEntity[]; readonly figures: readonly Figure[] },
  detections: readonly Detection[],
  { threshold, kindOf, sigmas }: ReportOptions,
): GroundingReport {
  const boxAnswers = bestPairs(asked.entities, detections, ({ box, phrase }) => {
    const kind = kindOf(phrase)
    return (detection) =>
      kind === null || detection.kind === kind ? intersectionOverUnion(box, detection.box) : 0
  })
  const entities = asked.entities.map(({ phrase, box }, index): EntityReport => {
    const answer = boxAnswers[index]
    return {
      ...{ phrase, box, kind: kindOf(phrase) },
      found: answer !== undefined && answer.likeness >= threshold,
      iou: rounded(answer?.likeness ?? 0),
      sees: seenAt(box, detections),
    }
  })
  const poseAnswers = bestPairs(asked.figures, detections, (figure) => poseLikeness(figure, sigmas))
  const figures = poseAnswers.map((answer): FigureReport => ({
    found: answer !== undefined && answer.likeness >= threshold,
    oks: rounded(answer?.likeness ?? 0),
  }))
  const used = new Set([...boxAnswers, ...poseAnswers].map((answer) => answer?.detection))
  const answers = [...entities, ...figures]
  return {
    found: answers.filter(({ found }) => found).length,
    of: answers.length,
    meanIou: rounded(mean(entities.map(({ iou }) => iou))),
    entities,
    figures,
    others: detections.filter((detection) => !used.has(detection)).map(seen),
  }
}

interface Answer {
  readonly detection: Detection
  /** Above 0, up to 1. */
  readonly likeness: number
}

/**
 * What answers for each thing asked for, in their order: the most alike pairs first, and no detection twice.
 *
 * @param likenessTo how alike a detection is to a thing; 0 where it is no answer at all
 */
function bestPairs<Asked>(
  things: readonly Asked[],
  detections: readonly Detection[],
  likenessTo: (asked: Asked) => (detection: Detection) => number,
): readonly (Answer | undefined)[] {
  const pairs = things.flatMap((thing, asked) => {
    const likeness = likenessTo(thing)
    return detections.map((detection) => ({ asked, detection, likeness: likeness(detection) }))
  })
  const answers = new Map<number, Answer>()
  const used = new Set<Detection>()
  for (const pair of pairs.toSorted((a, b) => b.likeness - a.likeness)) {
    if (pair.likeness === 0 || answers.has(pair.asked) || used.has(pair.detection)) continue
    answers.set(pair.asked, pair)
    used.add(pair.detection)
  }
  return things.map((_, asked) => answers.get(asked))
}

/** OKS of what stands where the figure should; 0 for what stands elsewhere, or is no figure. */
function poseLikeness(figure: Figure, sigmas: readonly number[] | undefined) {
  const place = figureBox(figure)
  return ({ keypoints, box }: Detection): number => {
    if (!keypoints || !place || intersectionOverUnion(place, box) === 0) return 0
    return keypointSimilarity(figure, keypoints, sigmas) ?? 0
  }
}

/** Whatever overlaps the box best; null where nothing does. */
function seenAt(box: Box, detections: readonly Detection[]): Seen | null {
  const [best] = detections
    .map((detection) => ({ detection, iou: intersectionOverUnion(box, detection.box) }))
    .filter(({ iou }) => iou > 0)
    .toSorted((a, b) => b.iou - a.iou)
  return best ? { ...seen(best.detection), iou: rounded(best.iou) } : null
}

function seen({ kind, score, box }: Detection): Omit<Seen, 'iou'> {
  return { kind, score: rounded(score), box: box.map(rounded) as unknown as Box }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Three digits: more is noise, and reports are read by people. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
