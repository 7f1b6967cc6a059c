/**
 * What a sampler is: a plan of noise levels and a pure step function. It knows no network.
 *
 * One iteration is one model evaluation, so the denoising loop can live in a graph: everything that a multi-step method
 * remembers travels in `history`, which is plain tensors and numbers and can be hashed, stored and restored.
 */
import type { Tensor } from '../tensor.ts'
import type { SchedulerConfig } from './scheduler-config.ts'

/** What the network predicts: the noise ε, the velocity v = αε − σx₀, or the clean latent x₀. */
export type PredictionType = 'epsilon' | 'v_prediction' | 'sample'

/** How the times of a run are spread over the training times. */
export type Spacing = 'leading' | 'linspace' | 'trailing'

/** How noise and latent add up: `vp` keeps the variance (√ā·x₀ + √(1−ā)·ε), `ve` lets it grow (x₀ + σ·ε). */
export type Space = 'vp' | 've'

/** One model evaluation: the network is asked at `timestep`, the latent goes from noise level `from` to `to`. */
export interface Transition {
  /** Training time, 0..999 for the usual models; a fraction for some spacings. */
  readonly timestep: number
  /** σ = √((1−ā)/ā) of the latent before and after. */
  readonly from: number
  readonly to: number
  /** σ that the step sets out from, where that is not `from`: PNDM makes its first step again, from the latent of before it. */
  readonly start?: number
}

/** A whole run, fixed before its first step. Plain data. */
export interface Schedule {
  /** Name of the sampler that made it, and that steps it. */
  readonly sampler: string
  readonly prediction: PredictionType
  readonly space: Space
  /** One entry per iteration. */
  readonly transitions: readonly Transition[]
  /** Unit noise is multiplied by this to start from nothing. */
  readonly initialScale: number
  /** x̂₀ is clamped to ±clip where the scheduler's file asks for it. */
  readonly clip: number | null
  /** η of DDIM: 0 = deterministic, 1 = as noisy as DDPM. */
  readonly eta: number
}

/** What a multi-step sampler remembers. Newest first. */
export interface SamplerHistory {
  readonly tensors: readonly Tensor[]
  readonly numbers: readonly number[]
}

export const noHistory: SamplerHistory = { tensors: [], numbers: [] }

export interface PlanOptions {
  /** Whole number from 1. */
  readonly steps: number
  /** Steps left out at the noisy end, as in img2img: 0 starts from pure noise. */
  readonly skip?: number
  /** Overrides the spacing of the scheduler's file. */
  readonly spacing?: Spacing
  /** Noise levels after Karras et al. 2022, only where the sampler's `karras` is true; default: what the file says. */
  readonly karras?: boolean
  /** For DDIM. Default 0. */
  readonly eta?: number
}

export interface StepInput {
  readonly schedule: Schedule
  /** 0-based iteration. */
  readonly index: number
  /** The latent at this iteration, in the schedule's space. */
  readonly sample: Tensor
  /** What the network said about `scaledInput(schedule, index, sample)`. */
  readonly output: Tensor
  readonly history?: SamplerHistory
  /** Unit noise of the sample's shape; read only when the sampler is stochastic, or η is not 0. */
  readonly noise?: Tensor
}

export interface StepResult {
  readonly sample: Tensor
  /** The estimate x̂₀ of the clean latent, which previews show. */
  readonly denoised: Tensor
  readonly history: SamplerHistory
}

export interface Sampler {
  /** The name of the file, such as `dpmpp-2m`. */
  readonly name: string
  /** For people, such as `DPM++ 2M`. */
  readonly title: string
  /** Whether `step` reads noise. */
  readonly stochastic: boolean
  /** Whether Karras noise levels make sense for it. */
  readonly karras: boolean
  /**
   * Fixes the noise levels of a run.
   *
   * @throws RangeError when steps or skip are out of range, the spacing has no room for so many steps, or Karras levels are
   *   asked of a sampler that has none.
   */
  plan(config: SchedulerConfig, options: PlanOptions): Schedule
  /** One iteration; pure. */
  step(input: StepInput): StepResult
}
