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
  /** Object keypoint similarity of the most alike figure seen, 0..1. */
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
 * Holds entities and figures against what was seen. A detection answers for one entity only: the best pairs are taken
 * first, so that two cats asked for need two cats.
 */
export function reportOn(
  asked: { readonly entities: readonly BoxEntity[]; readonly figures: readonly Figure[] },
  detections: readonly Detection[],
  { threshold, kindOf, sigmas }: ReportOptions,
): GroundingReport {
  const kinds = asked.entities.map(({ phrase }) => kindOf(phrase))
  const pairs = asked.entities
    .flatMap(({ box }, entity) =>
      detections.map((detection) => ({ entity, detection, iou: intersectionOverUnion(box, detection.box) })),
    )
    .filter(({ iou }) => iou > 0)
    .toSorted((a, b) => b.iou - a.iou)
  const answer = new Map<number, (typeof pairs)[number]>()
  const used = new Set<Detection>()
  for (const pair of pairs) {
    const kind = kinds[pair.entity] ?? null
    const fits = kind === null || pair.detection.kind === kind
    if (!fits || answer.has(pair.entity) || used.has(pair.detection)) continue
    answer.set(pair.entity, pair)
    used.add(pair.detection)
  }
  const entities = asked.entities.map(({ phrase, box }, entity): EntityReport => {
    const [best] = pairs.filter((pair) => pair.entity === entity)
    const iou = answer.get(entity)?.iou ?? 0
    return {
      phrase,
      box,
      kind: kinds[entity] ?? null,
      found: iou >= threshold,
      iou: rounded(iou),
      sees: best ? { ...seen(best.detection), iou: rounded(best.iou) } : null,
    }
  })
  const figures = asked.figures.map((figure) => figureReport(figure, detections, threshold, sigmas))
  const answers = [...entities, ...figures]
  return {
    found: answers.filter(({ found }) => found).length,
    of: answers.length,
    meanIou: rounded(mean(entities.map(({ iou }) => iou))),
    entities,
    figures,
    others: detections
      .filter((detection) => !used.has(detection) && detection.keypoints === undefined)
      .map(seen),
  }
}

function figureReport(
  figure: Figure,
  detections: readonly Detection[],
  threshold: number,
  sigmas: readonly number[] | undefined,
): FigureReport {
  const box = figureBox(figure)
  const alike = detections.flatMap(({ keypoints, box: place }) =>
    keypoints && box && intersectionOverUnion(box, place) > 0
      ? [keypointSimilarity(figure, keypoints, sigmas) ?? 0]
      : [],
  )
  const oks = Math.max(0, ...alike)
  return { found: oks >= threshold, oks: rounded(oks) }
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
