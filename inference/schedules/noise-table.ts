/** The noise that training added at each time, from the betas of the scheduler's config. */
import type { SchedulerConfig } from '../samplers/scheduler-config.ts'

export interface NoiseTable {
  /** σ at each training time, rising. */
  readonly sigmas: Float64Array
}

export function noiseTable(config: SchedulerConfig): NoiseTable {
  const signal = cumulativeProducts(betasOf(config))
  const used = config.zeroTerminalSnr ? withoutLastSignal(signal) : signal
  return { sigmas: used.map((a) => Math.sqrt((1 - a) / a)) }
}

function betasOf({ trainedBetas, betaSchedule, betaStart, betaEnd, trainSteps }: SchedulerConfig): Float64Array {
  if (trainedBetas) return Float64Array.from(trainedBetas)
  const spread = (from: number, to: number) =>
    Float64Array.from({ length: trainSteps }, (_, i) => from + ((to - from) * i) / Math.max(1, trainSteps - 1))
  if (betaSchedule === 'linear') return spread(betaStart, betaEnd)
  if (betaSchedule === 'scaled_linear') return spread(Math.sqrt(betaStart), Math.sqrt(betaEnd)).map((root) => root * root)
  const signal = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2
  return Float64Array.from({ length: trainSteps }, (_, i) =>
    Math.min(0.999, 1 - signal((i + 1) / trainSteps) / signal(i / trainSteps)),
  )
}

/** ā at each time. */
function cumulativeProducts(betas: Float64Array): Float64Array {
  let product = 1
  return betas.map((beta) => (product *= 1 - beta))
}

/** Shifts √ā so that nothing of the picture is left at the last time (Lin et al. 2023, algorithm 1); not quite nothing,
 *  so that σ stays finite. */
function withoutLastSignal(signal: Float64Array): Float64Array {
  const roots = signal.map(Math.sqrt)
  const [first = 1, last = 0] = [roots[0], roots.at(-1)]
  return roots.map((root) => Math.max(2 ** -24, ((root - last) * (first / (first - last))) ** 2))
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
