/** Euler with ancestral noise: each step goes further down than asked, and fresh noise brings it up again. */
import { combine } from '../tensor.ts'
import { veSchedule, type SamplerTraits } from './plan.ts'
import { noHistory, type Sampler } from './sampler.ts'
import { denoisedFrom, transitionAt } from './schedule.ts'

const traits: SamplerTraits = {
  ...{ name: 'euler-ancestral', spacing: 'linspace', points: 'ends', whole: false, karras: false },
}

const eulerAncestral: Sampler = {
  name: traits.name,
  title: 'Euler ancestral',
  stochastic: true,
  karras: traits.karras,

  plan(config, options) {
    return veSchedule(config, options, traits)
  },

  step({ schedule, index, sample, output, noise }) {
    if (!noise) throw new TypeError('Cannot take a step of euler-ancestral: it needs noise')
    const { from, to } = transitionAt(schedule, index)
    const denoised = denoisedFrom(schedule, from, sample, output)
    const up = Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2)
    const down = Math.sqrt(to ** 2 - up ** 2)
    const ratio = down / from
    return {
      sample: combine([ratio, sample], [1 - ratio, denoised], [up, noise]),
      denoised,
      history: noHistory,
    }
  },
}

export default eulerAncestral
