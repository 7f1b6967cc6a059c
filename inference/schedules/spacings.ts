/**
 * How N times of a run are spread over T training times, noisiest first.
 * The three families of samplers differ in details that change pictures: huggingface/diffusers v0.42.1, schedulers/
 */
import type { Spacing } from '../samplers/sampler.ts'

export interface SpacingInput {
  /** N. */
  readonly steps: number
  /** T. */
  readonly trainSteps: number
  /** Added to every time of `leading`. */
  readonly offset: number
  /** `ends`: the last time is the cleanest. `open`: N + 1 points are spread and the cleanest is left out. */
  readonly points: 'ends' | 'open'
  /** Whether the times of `linspace` are rounded to training times. */
  readonly whole: boolean
}

export function spacedTimes(spacing: Spacing, input: SpacingInput): number[] {
  return { leading, linspace, trailing }[spacing](input)
}

function leading({ steps, trainSteps, offset, points }: SpacingInput): number[] {
  const extra = points === 'open' ? 1 : 0
  const stride = Math.floor(trainSteps / (steps + extra))
  return Array.from({ length: steps }, (_, i) => (steps - 1 - i + extra) * stride + offset)
}

function linspace({ steps, trainSteps, points, whole }: SpacingInput): number[] {
  const gaps = points === 'open' ? steps : steps - 1
  const last = trainSteps - 1
  const times = Array.from({ length: steps }, (_, i) => (gaps === 0 ? 0 : ((gaps - i) * last) / gaps))
  return whole ? times.map(roundHalfToEven) : times
}

function trailing({ steps, trainSteps }: SpacingInput): number[] {
  return Array.from({ length: steps }, (_, i) => roundHalfToEven(trainSteps - (i * trainSteps) / steps) - 1)
}

/** As NumPy rounds, so that times agree with diffusers' where a half occurs. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}
