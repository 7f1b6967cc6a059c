/** DDIM: Song, Meng, Ermon 2021, eq. 12. With η = 0 the path is deterministic. */
import { combine } from '../tensor.ts'
import { strideLevels, timesOf, vpSchedule, type SamplerTraits } from './plan.ts'
import { noHistory, type Sampler, type Transition } from './sampler.ts'
import { alphaSigma, denoisedFrom, noiseFrom, transitionAt } from './schedule.ts'

const traits: SamplerTraits = { name: 'ddim', spacing: 'leading', points: 'ends', whole: true, karras: false }

const ddim: Sampler = {
  name: traits.name,
  title: 'DDIM',
  stochastic: false,
  karras: traits.karras,

  plan(config, options) {
    const times = timesOf(config, options, traits)
    const level = strideLevels(config, true)
    const transitions: Transition[] = times.map((timestep) => ({
      timestep,
      from: level(timestep),
      to: level(timestep - Math.floor(config.trainSteps / options.steps)),
    }))
    return { ...vpSchedule(config, traits.name, transitions), clip: config.clip, eta: options.eta ?? 0 }
  },

  step({ schedule, index, sample, output, noise }) {
    const { from, to } = transitionAt(schedule, index)
    const denoised = denoisedFrom(schedule, from, sample, output)
    const epsilon = noiseFrom(schedule, from, sample, output)
    const { alpha: alphaFrom, sigmaHat: sigmaFrom } = alphaSigma(from)
    const { alpha, sigmaHat } = alphaSigma(to)
    const s = schedule.eta * (sigmaHat / sigmaFrom) * Math.sqrt(1 - (alphaFrom / alpha) ** 2)
    if (s > 0 && !noise)
      throw new TypeError(`Cannot take a step of ddim with eta ${schedule.eta}: it needs noise`)
    const direction = Math.sqrt(Math.max(0, sigmaHat * sigmaHat - s * s))
    const moved = combine([alpha, denoised], [direction, epsilon], [s, s > 0 && noise ? noise : epsilon])
    return { sample: moved, denoised, history: noHistory }
  },
}

export default ddim
