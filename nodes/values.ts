/** What each wire type is in memory. Values are read-only by law: a node never mutates what it receives. */
import type { Tensor } from '#inference/tensor.ts'
import type { SamplerHistory, Schedule } from '#inference/samplers/sampler.ts'
import type { Grounding as GroundingInputs } from '#inference/grounding.ts'
import type { BoxEntity } from './boxes.ts'
import type { Figure } from './keypoints.ts'
import type { WireType } from './wire-types.ts'

/** A model on this machine. The hash is of its content, so a key never outlives a changed file. */
export interface ModelRef {
  readonly id: string
  /** The adapter in its UNet, whose content is in the hash; absent where there is none. */
  readonly adapter?: string
  readonly hash: string
}

export interface Conditioning {
  readonly model: ModelRef
  /** Last hidden state of the text encoder, [1, tokens, width]. */
  readonly context: Tensor
}

/** Entities or posed figures, encoded for one model's position net. */
export interface Grounding {
  readonly model: ModelRef
  readonly entities: readonly BoxEntity[]
  /** Where the model is grounded by keypoints. */
  readonly figures?: readonly Figure[]
  /** What the position net is fed. The same object over all steps, so that what depends on it is computed once. */
  readonly inputs: GroundingInputs
  /** β, the strength of the gated layers: 1 as trained, 0 = not executed at all. */
  readonly strength: number
}

export interface Latent {
  readonly model: ModelRef
  /** [1, channels, height, width], scaled by the model's scaling factor. */
  readonly samples: Tensor
  /** The seed that unit noise was drawn with; stochastic samplers draw theirs from it too, on other streams. */
  readonly seed?: bigint
  /** What a multi-step sampler remembers; travels with the loop-carried latent so that it is hashed and cached with it. */
  readonly history?: SamplerHistory
  /** Inside a loop: the step that it may go on with. */
  readonly ready?: ReadyFor
  /** What is kept of another picture: from InpaintBlend, for the one step that follows it. */
  readonly known?: Known
}

/** Samplers leave latents in spaces and at noise levels of their own, and read only their own memory. */
export interface ReadyFor {
  readonly sampler: string
  /** σ that the step begins at. */
  readonly sigma: number
}

/** Part of a picture that is not painted anew. */
export interface Known {
  /** The picture's latent without noise, [1, C, h, w]. */
  readonly clean: Tensor
  /** [1, 1, h, w], 1 = keep. */
  readonly mask: Tensor
}

/** float32, 0..1, RGB, height × width × 3. */
export interface Image {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

/** float32, 0..1, height × width; 1 = keep. */
export interface Mask {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

export interface Step {
  /** 0-based. */
  readonly index: number
  readonly total: number
  readonly timestep: number
  readonly sigma: number
  readonly schedule: Schedule
  /** Seed of the noise that stochastic samplers draw at each step. */
  readonly seed: bigint
}

export type Keypoints = readonly Figure[]

/** The value that each wire type carries. */
export interface WireValues {
  Model: ModelRef
  Conditioning: Conditioning
  Grounding: Grounding
  Boxes: readonly BoxEntity[]
  Keypoints: Keypoints
  Latent: Latent
  Image: Image
  Mask: Mask
  Step: Step
  Text: string
  Int: number
  Float: number
  Bool: boolean
  Any: unknown
}

export type ValueOf<T extends WireType> = WireValues[T]
