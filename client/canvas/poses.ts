/** Figures to begin with. Lengths are in heights of a standing person; x from the middle, y from the top of the head down. */
import { keypointNames, type DrawnFigure, type DrawnPoint } from '#nodes/keypoints.ts'
import { clamp, rounded } from './box-geometry.ts'

type Pair = readonly [left: readonly [number, number], right: readonly [number, number]]

interface Pose {
  readonly nose: readonly [number, number]
  readonly eyes: Pair
  readonly ears: Pair
  readonly shoulders: Pair
  readonly elbows: Pair
  readonly wrists: Pair
  readonly hips: Pair
  readonly knees: Pair
  readonly ankles: Pair
}

/** Both sides alike. A figure that looks at us has its left on our right. */
const both = (x: number, y: number): Pair => [
  [x, y],
  [-x, y],
]

const standing: Pose = {
  nose: [0, 0.07],
  eyes: both(0.02, 0.05),
  ears: both(0.045, 0.06),
  shoulders: both(0.11, 0.18),
  elbows: both(0.15, 0.34),
  wrists: both(0.16, 0.49),
  hips: both(0.07, 0.51),
  knees: both(0.075, 0.74),
  ankles: both(0.08, 0.97),
}

/** Seen from the side, looking to our left: the figure's left is nearer to us. */
const inProfile = {
  nose: [-0.06, 0.07],
  eyes: [
    [-0.045, 0.05],
    [-0.05, 0.05],
  ],
  ears: [
    [0.0, 0.06],
    [-0.01, 0.06],
  ],
  shoulders: [
    [0.02, 0.19],
    [-0.03, 0.18],
  ],
} as const

const poses = {
  standing,
  waving: {
    ...standing,
    elbows: [[0.24, 0.13], standing.elbows[1]],
    wrists: [[0.27, -0.03], standing.wrists[1]],
  },
  'arms-up': { ...standing, elbows: both(0.17, 0.04), wrists: both(0.14, -0.12) },
  walking: {
    ...standing,
    ...inProfile,
    elbows: [
      [0.11, 0.33],
      [-0.1, 0.32],
    ],
    wrists: [
      [0.15, 0.46],
      [-0.2, 0.41],
    ],
    hips: [
      [0.02, 0.51],
      [-0.02, 0.51],
    ],
    knees: [
      [-0.1, 0.73],
      [0.06, 0.74],
    ],
    ankles: [
      [-0.13, 0.97],
      [0.19, 0.92],
    ],
  },
  running: {
    nose: [-0.17, 0.09],
    eyes: [
      [-0.155, 0.07],
      [-0.16, 0.07],
    ],
    ears: [
      [-0.11, 0.07],
      [-0.12, 0.07],
    ],
    shoulders: [
      [-0.06, 0.19],
      [-0.11, 0.18],
    ],
    elbows: [
      [0.1, 0.24],
      [-0.18, 0.32],
    ],
    wrists: [
      [0.09, 0.38],
      [-0.31, 0.25],
    ],
    hips: [
      [0.05, 0.5],
      [0.01, 0.5],
    ],
    knees: [
      [-0.17, 0.58],
      [0.13, 0.69],
    ],
    ankles: [
      [-0.15, 0.81],
      [0.34, 0.7],
    ],
  },
  sitting: {
    ...standing,
    elbows: both(0.15, 0.35),
    wrists: both(0.11, 0.5),
    hips: both(0.08, 0.51),
    knees: both(0.13, 0.59),
    ankles: both(0.12, 0.82),
  },
  kneeling: {
    ...standing,
    ...inProfile,
    elbows: [
      [0.02, 0.35],
      [-0.08, 0.34],
    ],
    wrists: [
      [-0.07, 0.46],
      [-0.15, 0.43],
    ],
    hips: [
      [0.03, 0.5],
      [0.0, 0.5],
    ],
    knees: [
      [-0.03, 0.73],
      [-0.08, 0.72],
    ],
    ankles: [
      [0.19, 0.77],
      [0.15, 0.76],
    ],
  },
  jumping: {
    ...standing,
    elbows: both(0.24, 0.1),
    wrists: both(0.33, -0.04),
    knees: both(0.16, 0.66),
    ankles: both(0.09, 0.84),
  },
} satisfies Record<string, Pose>

export type PoseName = keyof typeof poses
export const poseNames = Object.keys(poses) as PoseName[]

function pointsOf(pose: Pose): (readonly [number, number])[] {
  const { nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles } = pose
  return [nose, ...eyes, ...ears, ...shoulders, ...elbows, ...wrists, ...hips, ...knees, ...ankles]
}

/** A rectangle as fractions of the picture. */
export interface Frame {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * A figure in a pose, as large as a frame allows and standing on its lower edge.
 *
 * @param ratio width over height of the picture.
 */
export function posed(name: PoseName, frame: Frame, ratio: number): DrawnFigure {
  const points = pointsOf(poses[name])
  const [xs, ys] = [points.map(([x]) => x / ratio), points.map(([, y]) => y)]
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const scale = Math.min(frame.width / (right - left), frame.height / (bottom - top))
  const middle = frame.x + frame.width / 2
  return {
    points: keypointNames.map((_, index): DrawnPoint => {
      const x = middle + ((xs[index] ?? 0) - (left + right) / 2) * scale
      const y = frame.y + frame.height + ((ys[index] ?? 0) - bottom) * scale
      return [rounded(clamp(x, 0.0001)), rounded(clamp(y, 0.0001))]
    }),
  }
}
