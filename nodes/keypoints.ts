/** What a posed figure is, and every way in which figures can be wrong. Pure: the editor marks faults while you pose. */
import { z } from 'zod'

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

export interface KeypointFault {
  /** 0-based index of the figure. */
  readonly figure: number
  /** 0-based index of the keypoint; null when the fault is of the figure as a whole. */
  readonly point: number | null
  readonly message: string
}

export function isAbsent([x, y]: Keypoint): boolean {
  return x === 0 && y === 0
}

/** Every fault of a list of figures, in order; empty when it can run. Messages count figures from 1, as people do. */
export function keypointFaults(figures: readonly Figure[]): KeypointFault[] {
  return figures.flatMap((points, figure) => {
    const whole = figureFaults(points, figure).map((state) => ({ point: null, state }))
    const single = points.flatMap((value, point) =>
      pointFaults(value, point).map((state) => ({ point, state })),
    )
    return [...whole, ...single].map(({ point, state }) => ({
      figure,
      point,
      message: `figure ${figure + 1} ${state}`,
    }))
  })
}

function figureFaults(points: Figure, index: number): string[] {
  const faults: string[] = []
  if (index >= maxFigures)
    faults.push(`is one too many: a picture holds at most ${maxFigures} posed figures, remove it`)
  if (points.length !== keypointNames.length)
    faults.push(
      `has ${points.length} keypoints, it needs ${keypointNames.length}; write [0, 0] for an absent one`,
    )
  if (points.every(isAbsent)) faults.push('has no keypoint that is there: place one, or remove the figure')
  return faults
}

function pointFaults([x, y]: Keypoint, index: number): string[] {
  return Object.entries({ x, y })
    .filter(([, value]) => !(value >= 0 && value <= 1))
    .map(
      ([name, value]) =>
        `leaves the picture: ${name} of the ${keypointNames[index] ?? `keypoint ${index + 1}`} is ${value}, it must lie between 0 and 1`,
    )
}

const point = z.tuple([z.number(), z.number()])

/** Figures as they stand in a workflow file. */
export const keypointsSchema: z.ZodType<readonly Figure[]> = z
  .array(z.array(point).max(keypointNames.length))
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
