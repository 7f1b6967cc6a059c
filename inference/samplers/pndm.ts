/**
 * PLMS, the linear multistep part of PNDM: Liu, Ren, Lin, Zhao 2022, eq. 12 and 13, without Runge-Kutta steps.
 * The first step is made twice, the second time with the mean of both answers, so N steps are N + 1 iterations.
 */
import { combine, type Tensor } from '../tensor.ts'
import { withEdit } from './edit.ts'
import { strideLevels, timesOf, vpSchedule, type SamplerTraits } from './plan.ts'
import { noHistory, type Sampler, type Schedule, type Transition } from './sampler.ts'
import { alphaSigma, denoisedFrom, noiseFrom, transitionAt } from './schedule.ts'

const traits: SamplerTraits = { name: 'pndm', spacing: 'leading', points: 'ends', whole: true, karras: false }

/** Weights of the newest answers, newest first, by how many there are (Adams–Bashforth). */
const weights = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
] as const

const pndm: Sampler = {
  name: traits.name,
  title: 'PNDM (PLMS)',
  stochastic: false,
  karras: traits.karras,

  plan(config, options) {
    const stride = Math.floor(config.trainSteps / options.steps)
    const level = strideLevels(config, false)
    const move = (timestep: number): Transition => ({
      timestep,
      from: level(timestep),
      to: level(timestep - stride),
    })
    const again = (timestep: number): Transition => ({
      timestep,
      from: level(timestep),
      to: level(timestep),
      start: level(timestep + stride),
    })
    const [first = 0, second, ...rest] = timesOf(config, options, traits)
    const repeat = second === undefined ? [] : [again(second), move(second)]
    return vpSchedule(config, traits.name, [move(first), ...repeat, ...rest.map(move)])
  },

  /** History: at the second iteration the latent of the first one, its answer and what it gave; then up to three answers. */
  step({ schedule, index, sample, output, history = noHistory }) {
    const { from, to, start = from } = transitionAt(schedule, index)
    const again = history.numbers[0] === 1
    const [before, answer, gave] = history.tensors
    if (again && before && answer) {
      const mean = combine([1 / 2, output], [1 / 2, answer])
      const { denoised, sample: moved } = transfer(schedule, { from: start, to }, before, mean)
      // Both iterations end at one noise level, so what was changed after the first one stays as it is.
      return { sample: withEdit(moved, gave, sample), denoised, history: { tensors: [answer], numbers: [2] } }
    }
    const answers = [output, ...history.tensors].slice(0, 4)
    const blended = combine(
      ...answers.map((value, i) => [weights[answers.length - 1]?.[i] ?? 0, value] as const),
    )
    const moved = transfer(schedule, { from, to }, sample, blended)
    const first = history.numbers.length === 0
    const next = first
      ? { tensors: [sample, output, moved.sample], numbers: [1] }
      : { tensors: answers.slice(0, 3), numbers: [2] }
    return { ...moved, history: next }
  },
}

/** The deterministic DDIM step, which PNDM calls its transfer part. */
function transfer(schedule: Schedule, { from, to }: { from: number; to: number }, x: Tensor, output: Tensor) {
  const denoised = denoisedFrom(schedule, from, x, output)
  const { alpha, sigmaHat } = alphaSigma(to)
  return { sample: combine([alpha, denoised], [sigmaHat, noiseFrom(schedule, from, x, output)]), denoised }
}

export default pndm
