/**
 * What a `scheduler_config.json` says about the training noise. Which sampler runs is not read from it: people choose.
 * Field names and defaults: huggingface/diffusers v0.42.1, schedulers/
 */
import { z } from 'zod'
import { checkLimits, oneOf, parseConfig } from '../networks/config-error.ts'
import type { PredictionType, Spacing } from './sampler.ts'

export interface SchedulerConfig {
  /** Number of training times; 1000 for the usual models. */
  readonly trainSteps: number
  readonly betaStart: number
  readonly betaEnd: number
  readonly betaSchedule: 'linear' | 'scaled_linear' | 'squaredcos_cap_v2'
  /** Given one by one instead of by a schedule. */
  readonly trainedBetas: readonly number[] | null
  readonly prediction: PredictionType
  /** Null where the file does not say: then each sampler has its own default. */
  readonly spacing: Spacing | null
  readonly stepsOffset: number
  /** Whether the last step ends at no noise at all (true) or at the first training level. Null: the sampler's default. */
  readonly endAtZero: boolean | null
  readonly clip: number | null
  readonly zeroTerminalSnr: boolean
  readonly karras: boolean
}

const schema = z.looseObject({
  num_train_timesteps: z.number().int().positive().default(1000),
  beta_start: z.number().positive().default(0.0001),
  beta_end: z.number().positive().default(0.02),
  beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']).default('linear'),
  trained_betas: z.array(z.number().min(0).max(1)).min(1).nullish(),
  prediction_type: z.enum(['epsilon', 'v_prediction', 'sample']).default('epsilon'),
  timestep_spacing: z.enum(['leading', 'linspace', 'trailing']).nullish(),
  steps_offset: z.number().int().min(0).default(0),
  set_alpha_to_one: z.boolean().nullish(),
  clip_sample: z.boolean().nullish(),
  clip_sample_range: z.number().positive().default(1),
  rescale_betas_zero_snr: z.boolean().nullish(),
  use_karras_sigmas: z.boolean().nullish(),
})

const off = oneOf(false, null)

/**
 * Reads the config of a model folder.
 *
 * @param raw the JSON as it is; empty means the defaults of diffusers
 * @throws UnsupportedModelError naming the field, its value and what is supported.
 */
export function readSchedulerConfig(place: string, raw: Readonly<Record<string, unknown>>): SchedulerConfig {
  checkLimits(place, raw, {
    beta_schedule: oneOf('linear', 'scaled_linear', 'squaredcos_cap_v2'),
    prediction_type: oneOf('epsilon', 'v_prediction', 'sample'),
    timestep_type: oneOf('discrete'),
    interpolation_type: oneOf('linear'),
    final_sigmas_type: oneOf('zero'),
    ...{ thresholding: off, use_flow_sigmas: off, use_beta_sigmas: off },
    ...{ use_exponential_sigmas: off, use_lu_lambdas: off },
  })
  const config = parseConfig(place, schema, raw)
  return {
    trainSteps: config.trained_betas?.length ?? config.num_train_timesteps,
    betaStart: config.beta_start,
    betaEnd: config.beta_end,
    betaSchedule: config.beta_schedule,
    trainedBetas: config.trained_betas ?? null,
    prediction: config.prediction_type,
    spacing: config.timestep_spacing ?? null,
    stepsOffset: config.steps_offset,
    endAtZero: config.set_alpha_to_one ?? null,
    clip: config.clip_sample ? config.clip_sample_range : null,
    zeroTerminalSnr: config.rescale_betas_zero_snr ?? false,
    karras: config.use_karras_sigmas ?? false,
  }
}
