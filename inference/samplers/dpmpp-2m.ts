/** DPM-Solver++(2M), midpoint: Lu et al. 2022, algorithm 2. Predicts x₀ and extrapolates it from the last two answers. */
import { combine } from '../tensor.ts'
import { sigmaTransitions, vpSchedule, type SamplerTraits } from './plan.ts'
import { noHistory, type Sampler } from './sampler.ts'
import { alphaSigma, denoisedFrom, transitionAt } from './schedule.ts'

const traits: SamplerTraits = {
  name: 'dpmpp-2m',
  spacing: 'linspace',
  points: 'open',
  whole: true,
  karras: true,
}

const dpmpp2m: Sampler = {
  name: traits.name,
  title: 'DPM++ 2M',
  stochastic: false,
  karras: traits.karras,

  plan(config, options) {
    return vpSchedule(config, traits.name, sigmaTransitions(config, options, traits))
  },

  /** History: the previous x̂₀, and the σ it was made at. */
  step({ schedule, index, sample, output, history = noHistory }) {
    const { from, to } = transitionAt(schedule, index)
    const m = denoisedFrom(schedule, from, sample, output)
    const next = { tensors: [m], numbers: [from] }
    if (to === 0) return { sample: m, denoised: m, history: next }
    const [[before], [sigmaBefore]] = [history.tensors, history.numbers]
    const h = Math.log(from / to)
    const r = sigmaBefore === undefined ? 1 : Math.log(sigmaBefore / from) / h
    const d = before ? combine([1 + 1 / (2 * r), m], [-1 / (2 * r), before]) : m
    const [a, b] = [alphaSigma(from), alphaSigma(to)]
    const moved = combine([b.sigmaHat / a.sigmaHat, sample], [-b.alpha * Math.expm1(-h), d])
    return { sample: moved, denoised: m, history: next }
  },
}

export default dpmpp2m
