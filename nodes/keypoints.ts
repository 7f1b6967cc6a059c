/** What a posed figure is, and every way in which figures can be wrong. Pure: the editor marks faults while you pose. */
import { z } from 'zod'
import { editingMarks, type EditingMarks } from './editing-marks.ts'

/** The 17 keypoints of COCO, in order; left and right are the figure's own. */
export const keypointNames = [
  'nose',
  'left eye',
  'right eye',
  'left ear',
  'right ear',
  'left shoulder',
  'right shoulder',
  'left elbow',
  'right elbow',
  'left wrist',
  'right wrist',
  'left hip',
  'right hip',
  'left knee',
  'right knee',
  'left ankle',
  'right ankle',
] as const

/** Pairs of keypoints that are drawn as one limb: COCO's skeleton. */
export const limbs: readonly (readonly [number, number])[] = [
  ...([
    [15, 13],
    [13, 11],
    [16, 14],
    [14, 12],
    [11, 12],
  ] as const),
  ...([
    [5, 11],
    [6, 12],
    [5, 6],
    [5, 7],
    [6, 8],
    [7, 9],
    [8, 10],
  ] as const),
  ...([
    [1, 2],
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 4],
    [3, 5],
    [4, 6],
  ] as const),
]

/** The largest number of figures GLIGEN's released keypoint model was trained with. */
export const maxFigures = 8

/** x y as fractions of the picture, origin at the top left; [0, 0] = absent. */
export type Keypoint = readonly [x: number, y: number]

/** 17 keypoints, in the order of `keypointNames`. */
export type Figure = readonly Keypoint[]

/** A keypoint as it stands in a file: a third number, 0, keeps its place there without sending it. */
export type DrawnPoint = Keypoint | readonly [x: number, y: number, seen: number]

/** A figure as it stands in a file: with what only the editor looks at. */
export interface DrawnFigure extends EditingMarks {
  readonly points: readonly DrawnPoint[]
}

export type KeypointFaultCode = 'too-many' | 'count' | 'empty' | 'off-canvas'

export interface KeypointFault {
  /** 0-based index of the figure. */
  readonly figure: number
  /** 0-based index of the keypoint; null when the fault is of the figure as a whole. */
  readonly point: number | null
  readonly code: KeypointFaultCode
  /** What the sentence speaks of, for one in another language. */
  readonly about: Readonly<Record<string, string | number>>
  readonly message: string
}

/** Whether a keypoint is not sent: it is marked as not seen, or stands at [0, 0], as COCO writes absence. */
export function isAbsent([x, y, seen]: DrawnPoint): boolean {
  return seen === 0 || (x === 0 && y === 0)
}

type State = Omit<KeypointFault, 'figure' | 'message'> & { readonly state: string }

/**
 * Every fault of a list of figures, in order; empty when it can run. Messages count figures from 1, as people do. A figure
 * that is off has no faults and takes none of the 8 places.
 */
export function keypointFaults(figures: readonly (DrawnFigure | Figure)[]): KeypointFault[] {
  let sent = 0
  return figures.map(asDrawn).flatMap(({ points, off }, figure) => {
    if (off) return []
    const found = [...figureFaults(points, ++sent), ...points.flatMap(pointFaults)]
    return found.map(({ state, ...fault }) => ({
      figure,
      ...fault,
      message: `figure ${figure + 1} ${state}`,
    }))
  })
}

/** A figure with room for marks; a plain list of keypoints has none. */
export function asDrawn(figure: DrawnFigure | Figure): DrawnFigure {
  return isPlain(figure) ? { points: figure } : figure
}

function isPlain(figure: DrawnFigure | Figure): figure is Figure {
  return Array.isArray(figure)
}

function figureFaults(points: readonly DrawnPoint[], count: number): State[] {
  const faults: State[] = []
  const add = (code: KeypointFaultCode, about: State['about'], state: string): void => {
    faults.push({ point: null, code, about, state })
  }
  if (count > maxFigures)
    add(
      'too-many',
      { most: maxFigures },
      `is one too many: a picture holds at most ${maxFigures} posed figures, remove it`,
    )
  if (points.length !== keypointNames.length)
    add(
      'count',
      { count: points.length, needed: keypointNames.length },
      `has ${points.length} keypoints, it needs ${keypointNames.length}; write [0, 0] for an absent one`,
    )
  if (points.every(isAbsent))
    add('empty', {}, 'has no keypoint that is there: place one, or remove the figure')
  return faults
}

function pointFaults(value: DrawnPoint, point: number): State[] {
  if (isAbsent(value)) return []
  const [x, y] = value
  const name = keypointNames[point] ?? `keypoint ${point + 1}`
  const outside = Object.entries({ x, y }).filter(([, number]) => !(number >= 0 && number <= 1))
  return outside.map(([side, number]) => ({
    point,
    code: 'off-canvas',
    about: { side, value: number, point },
    state: `leaves the picture: ${side} of the ${name} is ${number}, it must lie between 0 and 1`,
  }))
}

const point = z.union([
  z.tuple([z.number(), z.number()]),
  z.tuple([z.number(), z.number(), z.number().min(0).max(2)]),
])
const points = z.array(point).max(keypointNames.length)
const figure: z.ZodType<DrawnFigure, DrawnFigure | readonly DrawnPoint[]> = z.union([
  points.transform((plain): DrawnFigure => ({ points: plain })),
  z.strictObject({ points, ...editingMarks }),
])

/**
 * Figures as they stand in a workflow file: plain lists of keypoints, or objects that hold them. What comes out is what
 * a node works with and what its cache key is made of.
 */
export const keypointsSchema: z.ZodType<readonly Figure[], readonly (DrawnFigure | readonly DrawnPoint[])[]> =
  z
    .array(figure)
    .max(100)
    .superRefine((figures, check) => {
      for (const { figure, point, message } of keypointFaults(figures))
        check.addIssue({
          code: 'custom',
          message,
          path: point === null ? [figure] : [figure, point],
          input: figures,
        })
    })
    .transform((figures) => figures.filter(({ off }) => !off).map(sentFigure))

function sentFigure({ points }: DrawnFigure): Figure {
  return points.map((point) => (isAbsent(point) ? [0, 0] : [point[0], point[1]]))
}
