/** What the samplers' plans have in common. */
import { karrasSigmas } from '../schedules/karras.ts'
import { noiseTable, sigmaAt, timeOf, type NoiseTable } from '../schedules/noise-table.ts'
import { roundHalfToEven, spacedTimes, type SpacingInput } from '../schedules/spacings.ts'
import type { PlanOptions, Schedule, Spacing, Transition } from './sampler.ts'
import type { SchedulerConfig } from './scheduler-config.ts'

/** How a sampler spreads its times. */
export interface SamplerTraits {
  readonly name: string
  /** Where the scheduler's file does not say. */
  readonly spacing: Spacing
  readonly points: SpacingInput['points']
  readonly whole: boolean
  readonly karras: boolean
}

/**
 * Times of a run, noisiest first, without the skipped ones.
 *
 * @throws RangeError when steps or skip are out of range, the spacing has no room for so many steps, or Karras levels are
 *   asked of a sampler that has none.
 */
export function timesOf(config: SchedulerConfig, options: PlanOptions, traits: SamplerTraits): number[] {
  checkOptions(config, options, traits)
  const { steps, skip = 0 } = options
  const times = spread(config, options, traits)
  if (hasTwins(times)) {
    let most = steps - 1
    while (hasTwins(spread(config, { ...options, steps: most }, traits))) most--
    throw new RangeError(
      `Cannot plan ${steps} steps of ${traits.name}: at most ${most} steps of the spacing ` +
        `'${spacingOf(config, options.spacing, traits)}' differ from one another, take fewer or another schedule`,
    )
  }
  return times.slice(skip)
}

/** Whether a step would go nowhere: samplers divide by how far one goes. */
function hasTwins(times: readonly number[]): boolean {
  return times.some((time, i) => time === times[i + 1])
}

function spread(config: SchedulerConfig, options: PlanOptions, { points, whole, ...traits }: SamplerTraits) {
  const { trainSteps, stepsOffset: offset } = config
  const input = { steps: options.steps, trainSteps, offset, points, whole }
  const times = spacedTimes(spacingOf(config, options.spacing, traits), input)
  return times.map((time) => Math.min(time, trainSteps - 1))
}

function spacingOf(
  config: SchedulerConfig,
  wish: Spacing | undefined,
  traits: Pick<SamplerTraits, 'spacing'>,
): Spacing {
  return wish ?? config.spacing ?? traits.spacing
}

function checkOptions(
  { trainSteps }: SchedulerConfig,
  { steps, skip = 0, karras }: PlanOptions,
  traits: SamplerTraits,
): void {
  const { name } = traits
  if (!Number.isInteger(steps) || steps < 1 || steps > trainSteps)
    throw new RangeError(
      `Cannot plan ${steps} steps of ${name}: steps must be a whole number from 1 to ${trainSteps}`,
    )
  if (!Number.isInteger(skip) || skip < 0 || skip >= steps)
    throw new RangeError(`Cannot skip ${skip} of ${steps} steps of ${name}: at least one step must remain`)
  if (karras && !traits.karras)
    throw new RangeError(
      `Cannot plan ${name} with Karras levels: its times must be training times, leave karras off`,
    )
}

/** Transitions for samplers that go from each noise level straight to the next, and end at none. */
export function sigmaTransitions(
  config: SchedulerConfig,
  options: PlanOptions,
  traits: SamplerTraits,
): Transition[] {
  const table = noiseTable(config)
  const levels = wantsKarras(config, options, traits)
    ? karrasLevels(table, config, options, traits)
    : timesOf(config, options, traits).map((timestep) => ({ timestep, from: sigmaAt(table, timestep) }))
  return levels.map((level, i) => ({ ...level, to: levels[i + 1]?.from ?? 0 }))
}

function wantsKarras(config: SchedulerConfig, { karras }: PlanOptions, traits: SamplerTraits): boolean {
  return karras ?? (config.karras && traits.karras)
}

/** Euler takes its limits from the spaced times and keeps fractions; the others use the whole table and whole times. */
function karrasLevels(
  table: NoiseTable,
  config: SchedulerConfig,
  options: PlanOptions,
  traits: SamplerTraits,
) {
  checkOptions(config, options, traits)
  const { steps, skip = 0 } = options
  const spaced = spread(config, options, traits).map((time) => sigmaAt(table, time))
  const [max = 0, min = 0] = traits.whole
    ? [table.sigmas.at(-1), table.sigmas[0]]
    : [spaced[0], spaced.at(-1)]
  const round =
    traits.whole && config.betaSchedule !== 'squaredcos_cap_v2' ? roundHalfToEven : (time: number) => time
  const levels = karrasSigmas(steps, max, min).map((from) => ({ timestep: round(timeOf(table, from)), from }))
  return levels.slice(skip)
}

/**
 * σ at a training time; before the first one none at all, or that of the first time.
 *
 * @param endAtZero which of the two, where the scheduler's file does not say
 */
export function strideLevels(config: SchedulerConfig, endAtZero: boolean): (time: number) => number {
  const table = noiseTable(config, 2 ** -48)
  const last = (config.endAtZero ?? endAtZero) ? 0 : sigmaAt(table, 0)
  return (time) => (time < 0 ? last : sigmaAt(table, time))
}

/** A schedule in the variance-preserving space: noise starts at scale 1. */
export function vpSchedule(
  { prediction }: SchedulerConfig,
  sampler: string,
  transitions: readonly Transition[],
): Schedule {
  return { sampler, prediction, space: 'vp', transitions, initialScale: 1, clip: null, eta: 0 }
}

/** A schedule of Euler's family, where noise grows and the first latent has the largest of it. */
export function veSchedule(config: SchedulerConfig, options: PlanOptions, traits: SamplerTraits): Schedule {
  const transitions = sigmaTransitions(config, options, traits)
  const largest = transitions[0]?.from ?? 0
  const leading = spacingOf(config, options.spacing, traits) === 'leading'
  const initialScale = leading ? Math.sqrt(largest * largest + 1) : largest
  return { ...vpSchedule(config, traits.name, transitions), space: 've', initialScale }
}
