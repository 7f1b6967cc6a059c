/** Euler's method on the probability-flow ODE: Karras et al. 2022, algorithm 2 without churn. */
import { combine } from '../tensor.ts'
import { veSchedule, type SamplerTraits } from './plan.ts'
import { noHistory, type Sampler } from './sampler.ts'
import { denoisedFrom, transitionAt } from './schedule.ts'

const traits: SamplerTraits = {
  name: 'euler',
  spacing: 'linspace',
  points: 'ends',
  whole: false,
  karras: true,
}

const euler: Sampler = {
  name: traits.name,
  title: 'Euler',
  stochastic: false,
  karras: traits.karras,

  plan(config, options) {
    return veSchedule(config, options, traits)
  },

  step({ schedule, index, sample, output }) {
    const { from, to } = transitionAt(schedule, index)
    const denoised = denoisedFrom(schedule, from, sample, output)
    const ratio = to / from
    return { sample: combine([ratio, sample], [1 - ratio, denoised]), denoised, history: noHistory }
  },
}

export default euler
