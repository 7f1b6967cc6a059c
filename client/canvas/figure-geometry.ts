/** Moving figures of keypoints by hand. Keypoints are x y as fractions of the picture. */
import { isAbsent, keypointNames, limbs, type DrawnFigure, type DrawnPoint } from '#nodes/keypoints.ts'

/** What a file holds as figures, as far as it can be drawn: plain lists of keypoints, and objects that hold them. */
export function readFigures(value: unknown): DrawnFigure[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    const figure = Array.isArray(item) ? { points: item as unknown } : item
    return isFigure(figure) ? [figure] : []
  })
}

function isFigure(value: unknown): value is DrawnFigure {
  const { points } = (value ?? {}) as { points?: unknown }
  return Array.isArray(points) && points.length === keypointNames.length && points.every(isPoint)
}

function isPoint(value: unknown): value is DrawnPoint {
  return (
    Array.isArray(value) &&
    (value.length === 2 || value.length === 3) &&
    value.every((n) => typeof n === 'number')
  )
}

export type Side = 'left' | 'right' | 'middle'

/** Which side of the figure a keypoint is on: the nose is 0; from there on the left is odd and the right even. */
export function sideOf(point: number): Side {
  if (point === 0) return 'middle'
  return point % 2 === 1 ? 'left' : 'right'
}

export interface Limb {
  readonly from: DrawnPoint
  readonly to: DrawnPoint
  readonly side: Side
}

/** The limbs between keypoints that are seen. */
export function limbsOf({ points }: DrawnFigure): Limb[] {
  return limbs.flatMap(([a, b]) => {
    const [from, to] = [points[a], points[b]]
    if (!from || !to || isAbsent(from) || isAbsent(to)) return []
    return [{ from, to, side: sideOf(a) === sideOf(b) ? sideOf(a) : 'middle' }]
  })
}
