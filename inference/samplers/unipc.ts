/** UniPC of order 2, bh2, predicting x₀: Zhao et al. 2023. Each answer first corrects the step before, then predicts. */
import { combine, type Tensor } from '../tensor.ts'
import { withEdit } from './edit.ts'
import { sigmaTransitions, vpSchedule, type SamplerTraits } from './plan.ts'
import { noHistory, type Sampler } from './sampler.ts'
import { alphaSigma, denoisedFrom, transitionAt } from './schedule.ts'

const traits: SamplerTraits = {
  name: 'unipc',
  spacing: 'linspace',
  points: 'open',
  whole: true,
  karras: true,
}

const unipc: Sampler = {
  name: traits.name,
  title: 'UniPC',
  stochastic: false,
  karras: traits.karras,

  plan(config, options) {
    return vpSchedule(config, traits.name, sigmaTransitions(config, options, traits))
  },

  /** History: what this step gave, the corrected latent, then up to two x̂₀ with their σ, newest first. */
  step({ schedule, index, sample, output, history = noHistory }) {
    const { from, to } = transitionAt(schedule, index)
    const m = denoisedFrom(schedule, from, sample, output)
    const [gave, ...memory] = history.tensors
    const x = withEdit(corrected(memory, history.numbers, from, m) ?? sample, gave, sample)
    const [, ...answers] = memory
    const tensors = [x, m, ...answers.slice(0, 1)]
    const numbers = [from, ...history.numbers.slice(0, 1)]
    const next = predicted(tensors, numbers, to)
    return { sample: next, denoised: m, history: { tensors: [next, ...tensors], numbers } }
  },
}

/** B(h)·(φ-terms) of the paper: E = e^(−h) − 1. */
function coefficients(from: number, to: number) {
  const [a, b] = [alphaSigma(from), alphaSigma(to)]
  const h = Math.log(from / to)
  return { h, e: Math.expm1(-h), keep: b.sigmaHat / a.sigmaHat, alpha: b.alpha }
}

function predicted(
  [x, m, before]: readonly Tensor[],
  [from = 0, fromBefore]: readonly number[],
  to: number,
): Tensor {
  if (!x || !m) throw new TypeError('Cannot take a step of unipc: its history is incomplete')
  if (to === 0) return m
  const { h, e, keep, alpha } = coefficients(from, to)
  if (!before || fromBefore === undefined) return combine([keep, x], [-alpha * e, m])
  const r = Math.log(from / fromBefore) / h
  return combine([keep, x], [-alpha * e * (1 - 1 / (2 * r)), m], [(-alpha * e) / (2 * r), before])
}

/** The latent of this iteration again, now that the answer at its end is known; null at the first iteration. */
function corrected(
  [last, m0, before]: readonly Tensor[],
  [from, fromBefore]: readonly number[],
  to: number,
  m: Tensor,
): Tensor | null {
  if (!last || !m0 || from === undefined) return null
  const { h, e, keep, alpha } = coefficients(from, to)
  if (!before || fromBefore === undefined)
    return combine([keep, last], [(-alpha * e) / 2, m0], [(-alpha * e) / 2, m])
  const r = Math.log(from / fromBefore) / h
  const phi = e / -h - 1
  const b1 = phi / e
  const b2 = (2 * (phi / -h - 1 / 2)) / e
  const rho1 = (b1 - b2) / (1 - r)
  const rho2 = b1 - rho1
  return combine(
    [keep, last],
    [-alpha * e * (1 - rho1 / r - rho2), m0],
    [(-alpha * e * rho1) / r, before],
    [-alpha * e * rho2, m],
  )
}

export default unipc
