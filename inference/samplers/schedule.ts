/** What every schedule can do, whichever sampler made it. */
import { combine, mapTensor, type Tensor } from '../tensor.ts'
import type { Schedule, Transition } from './sampler.ts'

/** The iteration's transition. @throws RangeError when the schedule has no such iteration. */
export function transitionAt({ transitions, sampler }: Schedule, index: number): Transition {
  const transition = transitions[index]
  if (!transition)
    throw new RangeError(`Cannot take step ${index} of ${sampler}: the schedule has ${transitions.length}`)
  return transition
}

/** α and σ̂ of a noise level in the variance-preserving space: x = α·x₀ + σ̂·ε. */
export function alphaSigma(sigma: number): { alpha: number; sigmaHat: number } {
  const alpha = 1 / Math.sqrt(1 + sigma * sigma)
  return { alpha, sigmaHat: sigma * alpha }
}

/** The first latent of a run that starts from nothing, from unit noise. */
export function startLatent({ initialScale }: Schedule, noise: Tensor): Tensor {
  return combine([initialScale, noise])
}

/** A clean latent with the noise it has before an iteration. */
export function addNoise(schedule: Schedule, index: number, clean: Tensor, noise: Tensor): Tensor {
  const { from } = transitionAt(schedule, index)
  if (schedule.space === 've') return combine([1, clean], [from, noise])
  const { alpha, sigmaHat } = alphaSigma(from)
  return combine([alpha, clean], [sigmaHat, noise])
}

/** What the network is asked: it was trained on latents of constant variance. */
export function scaledInput(schedule: Schedule, index: number, sample: Tensor): Tensor {
  if (schedule.space === 'vp') return sample
  return combine([alphaSigma(transitionAt(schedule, index).from).alpha, sample])
}

/** x̂₀ from what the network said. */
export function denoisedFrom(schedule: Schedule, sigma: number, sample: Tensor, output: Tensor): Tensor {
  return clipped(schedule, unclipped(schedule, sigma, sample, output))
}

function unclipped({ prediction, space }: Schedule, sigma: number, x: Tensor, output: Tensor): Tensor {
  const { alpha, sigmaHat } = alphaSigma(sigma)
  if (prediction === 'sample') return output
  if (prediction === 'epsilon')
    return space === 've' ? combine([1, x], [-sigma, output]) : combine([1 / alpha, x], [-sigma, output])
  return space === 've'
    ? combine([alpha * alpha, x], [-sigmaHat, output])
    : combine([alpha, x], [-sigmaHat, output])
}

/** ε from what the network said, in the variance-preserving space; the clip does not enter it. */
export function noiseFrom(schedule: Schedule, sigma: number, x: Tensor, output: Tensor): Tensor {
  const { alpha, sigmaHat } = alphaSigma(sigma)
  if (schedule.prediction === 'epsilon') return output
  if (schedule.prediction === 'v_prediction') return combine([alpha, output], [sigmaHat, x])
  return combine([1 / sigmaHat, x], [-1 / sigma, output])
}

function clipped({ clip }: Schedule, x: Tensor): Tensor {
  return clip === null ? x : mapTensor(x, (value) => Math.min(clip, Math.max(-clip, value)))
}
