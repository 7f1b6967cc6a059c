/** A latent between two steps of a loop: what it is ready for, and whether it still is one. */
import { failure } from '#inference/failure.ts'
import type { Schedule } from '#inference/samplers/sampler.ts'
import type { Latent, ReadyFor, Step } from './values.ts'

/** What the latent before an iteration is ready for. After the last one there is nothing more to take. */
export function readyFor({ sampler, transitions }: Schedule, index: number): ReadyFor {
  return { sampler, sigma: transitions[index]?.from ?? 0 }
}

/** @throws Failure when the latent was left by another sampler, or at another noise level than the step begins at. */
export function checkReady({ ready }: Latent, step: Step): void {
  if (!ready) return
  const { index, total, schedule } = step
  const { sampler } = schedule
  if (ready.sampler !== sampler)
    throw failure`Cannot take step ${index + 1} of ${total}: the latent is under way with the sampler '${ready.sampler}', the step is of '${sampler}'; begin the loop at its first step, or choose that sampler again`
  if (ready.sigma !== step.sigma)
    throw failure`Cannot take step ${index + 1} of ${total}: the latent is ready for noise of ${ready.sigma.toPrecision(4)}, the step begins at ${step.sigma.toPrecision(4)}; begin the loop at its first step, or set steps, schedule and strength as they were`
}

/** @throws Failure when the step left something that is no picture any more. */
export function checkFinite({ samples }: Latent, { index, total }: Step): void {
  if (!samples.data.every(Number.isFinite))
    throw failure`Cannot go on after step ${index + 1} of ${total}: the latent holds numbers that are not finite; take less guidance, or get the files of the model again`
}
