import { describe, expect, test } from 'vitest'
import { findSampler, samplers } from '#inference/samplers/catalogue.ts'
import { noHistory, type PlanOptions, type SamplerHistory } from '#inference/samplers/sampler.ts'
import { addNoise, scaledInput, startLatent, transitionAt } from '#inference/samplers/schedule.ts'
import { readSchedulerConfig } from '#inference/samplers/scheduler-config.ts'
import { mapTensor, tensor, type Tensor } from '#inference/tensor.ts'

/** What SD 1.4's scheduler file says. */
const stableDiffusion = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  steps_offset: 1,
  set_alpha_to_one: false,
  clip_sample: false,
}
const config = readSchedulerConfig('test', stableDiffusion)
const start = tensor(Float32Array.of(0.5, -1, 2), [1, 3])

/** A network of one line: 0.3 times what it is shown, and a wave in time. */
function answer(shown: Tensor, timestep: number): Tensor {
  return mapTensor(shown, (value) => 0.3 * value + 0.1 * Math.cos(timestep / 100))
}

/** Runs a sampler on the one-line network; the k-th draw of noise is k·(0.1, −0.2, 0.3). */
function trajectory(name: string, options: PlanOptions): Tensor[] {
  const sampler = findSampler(name)
  const schedule = sampler.plan(config, options)
  let sample = startLatent(schedule, start)
  let history: SamplerHistory = noHistory
  return schedule.transitions.map(({ timestep }, index) => {
    const output = answer(scaledInput(schedule, index, sample), timestep)
    const noise = tensor(Float32Array.of(0.1, -0.2, 0.3).map((value) => value * (index + 1)), [1, 3])
    const result = sampler.step({ schedule, index, sample, output, history, noise })
    history = JSON.parse(JSON.stringify(toPlain(result.history)), revive) as SamplerHistory
    return (sample = result.sample)
  })
}

/** A history is stored between two steps of a graph, so it must survive being written and read. */
function toPlain({ tensors, numbers }: SamplerHistory) {
  return { tensors: tensors.map(({ data, shape }) => ({ data: { floats: [...data] }, shape })), numbers }
}

function revive(_key: string, value: unknown): unknown {
  return value instanceof Object && 'floats' in value ? Float32Array.from(value.floats as number[]) : value
}

const golden: [name: string, spacing: 'leading' | 'linspace', first: number[], second: number[], last: number[]][] = [
  ['ddim', 'leading', [0.771302, -1.371688, 2.914292], [1.04437, -1.835238, 3.923978], [2.056517, -3.819924, 7.932958]],
  ['pndm', 'leading', [0.771302, -1.371688, 2.914292], [0.72232, -1.360631, 2.80527], [1.777299, -3.655396, 7.209995]],
  ['euler', 'linspace', [6.865588, -12.014851, 25.746027], [6.299949, -10.265139, 22.865037], [3.310194, -5.579929, 12.200317]],
  ['euler', 'leading', [4.034609, -7.175176, 15.244395], [3.648954, -6.412188, 13.710096], [2.036411, -3.790943, 7.863764]],
  ['euler-ancestral', 'leading', [4.324177, -7.207229, 15.449492], [4.145702, -6.95664, 14.403041], [3.113716, -5.939644, 10.329428]],
  ['dpmpp-2m', 'linspace', [0.826355, -1.461501, 3.114211], [1.210696, -1.990228, 4.411621], [2.963824, -5.162729, 11.090379]],
  ['dpmpp-2m', 'leading', [0.740371, -1.3294, 2.810143], [0.955626, -1.727192, 3.638445], [1.852355, -3.625717, 7.330426]],
  ['unipc', 'linspace', [0.826355, -1.461501, 3.114211], [1.191275, -1.959568, 4.342118], [2.914933, -5.118448, 10.948314]],
  ['unipc', 'leading', [0.740371, -1.3294, 2.810143], [0.931674, -1.721543, 3.584892], [1.823663, -3.617764, 7.265091]],
]

describe('samplers follow diffusers on a network of one line', () => {
  test.each(golden)('%s with %s times over ten steps', (name, spacing, first, second, last) => {
    const samples = trajectory(name, { steps: 10, spacing })
    for (const [sample, expected] of [[samples[0], first], [samples[1], second], [samples.at(-1), last]] as const)
      expected.forEach((value, i) => expect(Math.abs((sample?.data[i] ?? NaN) / value - 1)).toBeLessThan(1e-5))
  })
})
