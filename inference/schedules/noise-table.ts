/** The noise that training added at each time, from the betas of the scheduler's config. */
import type { SchedulerConfig } from '../samplers/scheduler-config.ts'

export interface NoiseTable {
  /** σ at each training time, rising. */
  readonly sigmas: Float64Array
}

/** σ is infinite where nothing of the picture is left; this much of ā is kept, as diffusers keeps it. */
const usualFloor = 2 ** -24

/**
 * @param floor the least ā; samplers that only divide by α elsewhere may go lower
 */
export function noiseTable(config: SchedulerConfig, floor = usualFloor): NoiseTable {
  const signal = cumulativeProducts(betasOf(config))
  const used = config.zeroTerminalSnr ? withoutLastSignal(signal, floor) : signal
  return { sigmas: Float64Array.from(used, (a) => Math.sqrt((1 - a) / a)) }
}

/** float32, as in the code that trained with them: rounding shows where β is near 1. */
function betasOf({
  trainedBetas,
  betaSchedule,
  betaStart,
  betaEnd,
  trainSteps,
}: SchedulerConfig): Float32Array {
  if (trainedBetas) return Float32Array.from(trainedBetas)
  const spread = (from: number, to: number) =>
    Float32Array.from(
      { length: trainSteps },
      (_, i) => from + ((to - from) * i) / Math.max(1, trainSteps - 1),
    )
  if (betaSchedule === 'linear') return spread(betaStart, betaEnd)
  if (betaSchedule === 'scaled_linear')
    return spread(Math.sqrt(betaStart), Math.sqrt(betaEnd)).map((root) => root * root)
  const signal = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2
  return Float32Array.from({ length: trainSteps }, (_, i) =>
    Math.min(0.999, 1 - signal((i + 1) / trainSteps) / signal(i / trainSteps)),
  )
}

/** ā at each time, float32. */
function cumulativeProducts(betas: Float32Array): Float32Array {
  let product = 1
  return betas.map((beta) => (product *= Math.fround(1 - beta)))
}

/** Shifts √ā so that nothing of the picture is left at the last time (Lin et al. 2023, algorithm 1). */
function withoutLastSignal(signal: Float32Array, floor: number): Float64Array {
  const roots = Float64Array.from(signal, Math.sqrt)
  const [first = 1, last = 0] = [roots[0], roots.at(-1)]
  return roots.map((root) => Math.max(floor, ((root - last) * (first / (first - last))) ** 2))
}

/** σ at a time, linear between whole times. */
export function sigmaAt({ sigmas }: NoiseTable, time: number): number {
  const below = Math.min(Math.max(Math.floor(time), 0), sigmas.length - 1)
  const above = Math.min(below + 1, sigmas.length - 1)
  const [low = 0, high = 0] = [sigmas[below], sigmas[above]]
  return low + (time - below) * (high - low)
}

/** The time that has this σ, linear in ln σ between whole times. */
export function timeOf({ sigmas }: NoiseTable, sigma: number): number {
  const above = sigmas.findIndex((level) => level > sigma)
  const high = above < 0 ? sigmas.length - 1 : Math.max(above, 1)
  const [from, to] = [Math.log(sigmas[high - 1] ?? 0), Math.log(sigmas[high] ?? 0)]
  return high - 1 + Math.min(1, Math.max(0, (Math.log(sigma) - from) / (to - from)))
}
