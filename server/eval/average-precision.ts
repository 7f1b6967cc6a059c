/**
 * Average precision as COCO measures detectors: here the detector is fixed, and what is measured is whether the pictures
 * obey their boxes. Source: cocodataset/cocoapi, PythonAPI/pycocotools/cocoeval.py
 */
import { intersectionOverUnion, type Box } from '#inference/detections.ts'
import { marginOf } from './margin.ts'

export interface Truth {
  readonly picture: number
  readonly kind: string
  readonly box: Box
}

export interface Guess extends Truth {
  readonly score: number
}

export interface Precision {
  /** Mean over overlaps 0.5, 0.55 … 0.95 and over the kinds that were asked for, 0..1; null without any. */
  readonly ap: number | null
  readonly ap50: number | null
  readonly ap75: number | null
  /** How many boxes were asked for. */
  readonly boxes: number
}

const overlaps = Array.from({ length: 10 }, (_, i) => 0.5 + 0.05 * i)
const recalls = Array.from({ length: 101 }, (_, i) => i / 100)
/** Per picture, the surest. */
const mostGuesses = 100

export function averagePrecision(truths: readonly Truth[], guesses: readonly Guess[]): Precision {
  const row = overlaps.map((overlap) => meanPrecision(truths, guesses, overlap))
  return {
    ap: mean(row.filter((value) => value !== null)),
    ap50: row[0] ?? null,
    ap75: row[5] ?? null,
    boxes: truths.length,
  }
}

/**
 * The guesses that find none of the things that nobody painted, so that these count neither for nor against: COCO's
 * "ignore", but at one overlap for all, since how tightly the detector boxes them says nothing about the painter.
 */
export function apartFrom(kept: readonly Truth[], guesses: readonly Guess[]): Guess[] {
  return guesses.filter((guess) =>
    kept.every(
      ({ picture, kind, box }) =>
        picture !== guess.picture || kind !== guess.kind || intersectionOverUnion(box, guess.box) < 0.5,
    ),
  )
}

/** @param pictures how many were painted, those without a box or a guess included */
export function marginOfAp50(
  truths: readonly Truth[],
  guesses: readonly Guess[],
  pictures: number,
): number | null {
  if (truths.length === 0) return null
  const painted = Array.from({ length: pictures }, () => ({ truths: [] as Truth[], guesses: [] as Guess[] }))
  for (const truth of truths) painted[truth.picture]?.truths.push(truth)
  for (const guess of guesses) painted[guess.picture]?.guesses.push(guess)
  return marginOf(painted, (sample) => {
    // A picture that is drawn twice is two pictures.
    const again = <T extends Truth>(rowsOf: (one: (typeof painted)[number]) => readonly T[]): T[] =>
      sample.flatMap((one, picture) => rowsOf(one).map((row) => ({ ...row, picture })))
    return (
      meanPrecision(
        again((one) => one.truths),
        again((one) => one.guesses),
        0.5,
      ) ?? 0
    )
  })
}

function meanPrecision(truths: readonly Truth[], guesses: readonly Guess[], overlap: number): number | null {
  const found = byKind(guesses)
  return mean([...byKind(truths)].map(([kind, own]) => precisionOf(own, found.get(kind) ?? [], overlap)))
}

function byKind<T extends Truth>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(row.kind)
    if (group) group.push(row)
    else groups.set(row.kind, [row])
  }
  return groups
}

/** The area below the precision–recall curve of one kind, at 101 recalls; precision never rises with recall. */
function precisionOf(truths: readonly Truth[], guesses: readonly Guess[], overlap: number): number {
  const sorted = surest(guesses)
  const hits = matched(truths, sorted, overlap)
  let right = 0
  const curve = sorted.map((guess, i) => {
    if (hits.has(guess)) right++
    return { recall: right / truths.length, precision: right / (i + 1) }
  })
  for (let i = curve.length - 2; i >= 0; i--) {
    const [here, next] = [curve[i], curve[i + 1]]
    if (here && next && next.precision > here.precision) here.precision = next.precision
  }
  const at = recalls.map((recall) => curve.find((point) => point.recall >= recall)?.precision ?? 0)
  return at.reduce((sum, value) => sum + value, 0) / recalls.length
}

/** The guesses of every picture, the surest first; equal ones in the order they came. */
function surest(guesses: readonly Guess[]): Guess[] {
  const counts = new Map<number, number>()
  return guesses
    .toSorted((a, b) => b.score - a.score)
    .filter(({ picture }) => {
      const count = (counts.get(picture) ?? 0) + 1
      counts.set(picture, count)
      return count <= mostGuesses
    })
}

/** The guesses that find a box: each takes the box it fits best that no surer guess has taken. */
function matched(truths: readonly Truth[], sorted: readonly Guess[], overlap: number): Set<Guess> {
  const taken = new Set<Truth>()
  const hits = new Set<Guess>()
  for (const guess of sorted) {
    let best: Truth | null = null
    let bestIou = Math.min(overlap, 1 - 1e-10)
    for (const truth of truths) {
      if (truth.picture !== guess.picture || taken.has(truth)) continue
      const iou = intersectionOverUnion(truth.box, guess.box)
      // The arithmetic of boxes ends in the fifteenth digit: a box that fits exactly half must count.
      if (iou >= bestIou - 1e-12) [best, bestIou] = [truth, Math.max(iou, bestIou)]
    }
    if (best) {
      taken.add(best)
      hits.add(guess)
    }
  }
  return hits
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
