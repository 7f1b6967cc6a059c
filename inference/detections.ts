/** What a detector saw, and how boxes and poses are compared. Pure arithmetic. */

/** x0 y0 x1 y1 as fractions of the picture. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number]

export interface Detection {
  readonly box: Box
  readonly kind: string
  /** 0..1. */
  readonly score: number
  /** 17 keypoints x y with how surely each is visible, 0..1; only where the detector sees poses. */
  readonly keypoints?: readonly (readonly [x: number, y: number, visible: number])[]
}

function area([x0, y0, x1, y1]: Box): number {
  return Math.max(0, x1 - x0) * Math.max(0, y1 - y0)
}

/** Shared area over the area of both together, 0..1. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const shared = area([
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ])
  const all = area(a) + area(b) - shared
  return all > 0 ? shared / all : 0
}

/** Of boxes of one kind that overlap more than `overlap`, only the surest stays. Surest first. */
export function suppressed(detections: readonly Detection[], overlap: number): Detection[] {
  const kept: Detection[] = []
  for (const found of detections.toSorted((a, b) => b.score - a.score))
    if (
      !kept.some(
        (other) => other.kind === found.kind && intersectionOverUnion(other.box, found.box) > overlap,
      )
    )
      kept.push(found)
  return kept
}

/** How far each of COCO's keypoints is usually off between two people who mark it, as a fraction of the figure's size. */
export const cocoSigmas: readonly number[] = [
  0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087,
  0.089, 0.089,
]

type Point = readonly [x: number, y: number, ...rest: number[]]

/**
 * Object keypoint similarity as COCO defines it: the mean of exp(−d²/2s²k²) over the keypoints that are there, with
 * k = 2σ. 1 where every keypoint is where it was asked for. s² is the area of the box around the keypoints; COCO takes
 * that of the person's outline, of which an asked figure has none.
 *
 * @param asked [0, 0] = absent
 * @returns null when the asked figure has no keypoint
 */
export function keypointSimilarity(
  asked: readonly Point[],
  seen: readonly Point[],
  sigmas: readonly number[] = cocoSigmas,
): number | null {
  const there = asked.flatMap((point, i) => (point[0] === 0 && point[1] === 0 ? [] : [i]))
  if (there.length === 0) return null
  const [x0, y0, x1, y1] = boxAround(there.flatMap((i) => asked[i] ?? []))
  // A figure seen from the side has hardly any width: its height then says how large it is.
  const size = Math.max((x1 - x0) * (y1 - y0), ((x1 - x0) ** 2 + (y1 - y0) ** 2) / 8, 1e-6)
  const terms = there.map((i) => {
    const [a, b] = [asked[i], seen[i]]
    if (!a || !b) return 0
    const k = 2 * (sigmas[i] ?? 0.1)
    return Math.exp(-((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) / (2 * size * k * k))
  })
  return terms.reduce((sum, term) => sum + term, 0) / there.length
}

function boxAround(flat: readonly number[]): Box {
  const xs = flat.filter((_, i) => i % 2 === 0)
  const ys = flat.filter((_, i) => i % 2 === 1)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** The box around the keypoints of a figure that are there; null when none is. */
export function figureBox(figure: readonly Point[]): Box | null {
  const there = figure.filter(([x, y]) => x !== 0 || y !== 0)
  return there.length === 0 ? null : boxAround(there.flatMap(([x, y]) => [x, y]))
}
