import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findSampler, samplers } from '#inference/samplers/catalogue.ts'
import { noHistory, type PlanOptions, type SamplerHistory } from '#inference/samplers/sampler.ts'
import { addNoise, scaledInput, startLatent, transitionAt } from '#inference/samplers/schedule.ts'
import { readSchedulerConfig, type SchedulerConfig } from '#inference/samplers/scheduler-config.ts'
import { mapTensor, sameShape, tensor, type Tensor } from '#inference/tensor.ts'
import { fixtures } from './helpers/fixtures.ts'

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

/** The transitions of a plan, or why there is none. */
function planOrWords(name: string, options: PlanOptions) {
  try {
    return findSampler(name).plan(config, options).transitions
  } catch (error) {
    return (error as RangeError).message
  }
}

/** Runs a sampler on the one-line network; the k-th draw of noise is k·(0.1, −0.2, 0.3). */
function trajectory(name: string, options: PlanOptions, training: SchedulerConfig = config): Tensor[] {
  const sampler = findSampler(name)
  const schedule = sampler.plan(training, options)
  let sample = startLatent(schedule, start)
  let history: SamplerHistory = noHistory
  return schedule.transitions.map(({ timestep }, index) => {
    const output = answer(scaledInput(schedule, index, sample), timestep)
    const noise = tensor(
      Float32Array.of(0.1, -0.2, 0.3).map((value) => value * (index + 1)),
      [1, 3],
    )
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

const golden: [
  name: string,
  spacing: 'leading' | 'linspace',
  first: number[],
  second: number[],
  last: number[],
][] = [
  [
    'ddim',
    'leading',
    [0.771302, -1.371688, 2.914292],
    [1.04437, -1.835238, 3.923978],
    [2.056517, -3.819924, 7.932958],
  ],
  [
    'pndm',
    'leading',
    [0.771302, -1.371688, 2.914292],
    [0.72232, -1.360631, 2.80527],
    [1.777299, -3.655396, 7.209995],
  ],
  [
    'euler',
    'linspace',
    [6.865588, -12.014851, 25.746027],
    [6.299949, -10.265139, 22.865037],
    [3.310194, -5.579929, 12.200317],
  ],
  [
    'euler',
    'leading',
    [4.034609, -7.175176, 15.244395],
    [3.648954, -6.412188, 13.710096],
    [2.036411, -3.790943, 7.863764],
  ],
  [
    'euler-ancestral',
    'leading',
    [4.324177, -7.207229, 15.449492],
    [4.145702, -6.95664, 14.403041],
    [3.113716, -5.939644, 10.329428],
  ],
  [
    'dpmpp-2m',
    'linspace',
    [0.826355, -1.461501, 3.114211],
    [1.210696, -1.990228, 4.411621],
    [2.963824, -5.162729, 11.090379],
  ],
  [
    'dpmpp-2m',
    'leading',
    [0.740371, -1.3294, 2.810143],
    [0.955626, -1.727192, 3.638445],
    [1.852355, -3.625717, 7.330426],
  ],
  [
    'unipc',
    'linspace',
    [0.826355, -1.461501, 3.114211],
    [1.191275, -1.959568, 4.342118],
    [2.914933, -5.118448, 10.948314],
  ],
  [
    'unipc',
    'leading',
    [0.740371, -1.3294, 2.810143],
    [0.931674, -1.721543, 3.584892],
    [1.823663, -3.617764, 7.265091],
  ],
]

describe('samplers follow diffusers on a network of one line', () => {
  test.each(golden)('%s with %s times over ten steps', (name, spacing, first, second, last) => {
    const samples = trajectory(name, { steps: 10, spacing })
    for (const [sample, expected] of [
      [samples[0], first],
      [samples[1], second],
      [samples.at(-1), last],
    ] as const)
      expected.forEach((value, i) =>
        expect(Math.abs((sample?.data[i] ?? NaN) / value - 1)).toBeLessThan(1e-5),
      )
  })
})

interface RecordedRun {
  readonly name: string
  readonly steps: number
  /** What differs from the base config. */
  readonly config: Record<string, unknown>
  readonly times: number[]
  readonly samples: number[][]
}

const { base, runs } = JSON.parse(readFileSync(join(fixtures, 'samplers.json'), 'utf8')) as {
  base: Record<string, unknown>
  runs: RecordedRun[]
}

describe('samplers follow diffusers for every spacing, prediction and noise table', () => {
  test.each([...samplers.keys()])('%s', (name) => {
    const recorded = runs.filter((run) => run.name === name)
    expect(recorded.length).toBeGreaterThan(10)
    for (const { steps, config: extra, times, samples } of recorded) {
      const training = readSchedulerConfig('test', { ...base, ...extra })
      const place = `${JSON.stringify(extra)}, ${steps} steps`
      const planned = findSampler(name).plan(training, { steps }).transitions
      expect(planned, place).toHaveLength(times.length)
      planned.forEach(({ timestep }, i) => expect(timestep, place).toBeCloseTo(times[i] ?? NaN, 3))
      const from = findSampler(name).plan(training, { steps }).initialScale * 2
      trajectory(name, { steps }, training).forEach(({ data }, step) => {
        // diffusers steps in float32, so its own error is relative to the larger of the latents before and after.
        const [before = [from], after = []] = [samples[step - 1], samples[step]]
        const scale = Math.max(...before.map(Math.abs), ...after.map(Math.abs))
        data.forEach((value, i) =>
          expect(Math.abs(value - (after[i] ?? NaN)) / scale, place).toBeLessThan(2e-5),
        )
      })
    }
  })
})

describe('a schedule', () => {
  const clean = tensor(Float32Array.of(1, 2, 3), [1, 3])
  const noise = tensor(Float32Array.of(0.5, -0.5, 0), [1, 3])

  test.each([...samplers.keys()])('of %s skips the noisy end for a picture that is given', (name) => {
    const sampler = findSampler(name)
    const whole = sampler.plan(config, { steps: 10 })
    const part = sampler.plan(config, { steps: 10, skip: 4 })
    expect(part.transitions).toHaveLength(whole.transitions.length - 4)
    expect(transitionAt(part, 0).from).toBeLessThan(transitionAt(whole, 0).from)
    expect(part.transitions.at(-1)).toEqual(whole.transitions.at(-1))
  })

  test.each([...samplers.keys()])(
    'of %s finds a clean latent again in one step when the network knows the noise',
    (name) => {
      const sampler = findSampler(name)
      const schedule = { ...sampler.plan(config, { steps: 10, skip: 5 }), prediction: 'epsilon' as const }
      const sample = addNoise(schedule, 0, clean, noise)
      const { denoised } = sampler.step({ schedule, index: 0, sample, output: noise, noise })
      expect(sameShape(denoised.shape, clean.shape)).toBe(true)
      denoised.data.forEach((value, i) => expect(value).toBeCloseTo(clean.data[i] ?? NaN, 5))
    },
  )

  test.each([...samplers.keys()])(
    'of %s has one noise level for every time that the network is asked at',
    (name) => {
      const { transitions } = findSampler(name).plan(config, { steps: 10, skip: 5 })
      const levels = new Map(transitions.map(({ timestep, from }) => [timestep, from]))
      for (const { timestep, from } of transitions) expect(from).toBe(levels.get(timestep))
    },
  )

  test('of PNDM makes its first step again from the level before it, with noise of the time that it asks at', () => {
    const schedule = findSampler('pndm').plan(config, { steps: 10, skip: 5 })
    const noiseAt = (index: number) =>
      addNoise(
        schedule,
        index,
        mapTensor(clean, () => 0),
        mapTensor(clean, () => 1),
      ).data[0]
    expect([0, 1, 2].map((index) => transitionAt(schedule, index).timestep)).toEqual([401, 301, 301])
    expect(noiseAt(0)).toBeCloseTo(0.7597, 4)
    expect(noiseAt(1)).toBeCloseTo(0.6412, 4)
    expect(transitionAt(schedule, 1).start).toBe(transitionAt(schedule, 0).from)
  })

  test.each([...samplers.keys()])('of %s steps without changing what it is given', (name) => {
    const sampler = findSampler(name)
    const schedule = sampler.plan(config, { steps: 4 })
    const given = { schedule, index: 0, sample: clean, output: noise, noise }
    const before = structuredClone(given)
    const first = sampler.step(given)
    expect(given).toEqual(before)
    expect(sampler.step(given)).toEqual(first)
  })

  test.each([...samplers.keys()])(
    'of %s has finite steps up to the most that it says it can plan',
    (name) => {
      for (const spacing of ['leading', 'linspace', 'trailing'] as const)
        for (const steps of [1000, 999, 998]) {
          const planned = planOrWords(name, { steps, spacing })
          if (typeof planned === 'string') {
            expect(planned).toMatch(
              new RegExp(
                `^Cannot plan ${steps} steps of ${name}: at most 99[89] steps of the spacing '${spacing}'`,
              ),
            )
            expect(steps).toBeGreaterThan(998)
          } else
            for (const { data } of trajectory(name, { steps, spacing }))
              expect(data.every(Number.isFinite), `${spacing}, ${steps} steps`).toBe(true)
        }
    },
  )

  test.each(['dpmpp-2m', 'unipc'])('of %s says how many steps a spacing has room for', (name) => {
    expect(planOrWords(name, { steps: 1000, spacing: 'leading' })).toBe(
      `Cannot plan 1000 steps of ${name}: at most 998 steps of the spacing 'leading' differ from one another, ` +
        'take fewer or another schedule',
    )
    expect(planOrWords(name, { steps: 1000, karras: true })).toHaveLength(1000)
  })

  test('is spaced as its file says, or as is usual for the sampler where it does not', () => {
    const first = (name: string, extra: object) =>
      transitionAt(
        findSampler(name).plan(readSchedulerConfig('test', { ...stableDiffusion, ...extra }), { steps: 10 }),
        0,
      ).timestep
    expect(first('euler', {})).toBe(999)
    expect(first('euler', { timestep_spacing: 'leading' })).toBe(901)
    expect(first('ddim', {})).toBe(901)
    expect(first('ddim', { timestep_spacing: 'trailing' })).toBe(999)
  })

  test('asks for a whole number of steps that training had', () => {
    const plan = (options: PlanOptions) => () => findSampler('ddim').plan(config, options)
    expect(plan({ steps: 0 })).toThrow(
      'Cannot plan 0 steps of ddim: steps must be a whole number from 1 to 1000',
    )
    expect(plan({ steps: 1001 })).toThrow('Cannot plan 1001 steps of ddim')
    expect(plan({ steps: 5, skip: 5 })).toThrow(
      'Cannot skip 5 of 5 steps of ddim: at least one step must remain',
    )
    expect(plan({ steps: 5, karras: true })).toThrow('Cannot plan ddim with Karras levels')
  })
})

describe('a change of the latent between two steps', () => {
  const change = fc.array(
    fc.float({ min: -4, max: 4, noNaN: true }).filter((by) => Math.abs(by) > 0.01),
    {
      minLength: 3,
      maxLength: 3,
    },
  )

  test.each([...samplers.keys()])(
    'moves the next latent in its direction, though the network has made up its mind: %s',
    (name) => {
      const sampler = findSampler(name)
      const schedule = { ...sampler.plan(config, { steps: 5 }), prediction: 'sample' as const }
      const last = schedule.transitions.findLastIndex(({ to }) => to > 0)
      const noise = tensor(Float32Array.of(0.1, -0.2, 0.3), [1, 3])
      const output = tensor(Float32Array.of(1, 0, -1), [1, 3])
      const step = (index: number, sample: Tensor, history: SamplerHistory) =>
        sampler.step({ schedule, index, sample, output, history, noise })
      fc.assert(
        fc.property(fc.integer({ min: 1, max: last }), change, (at, by) => {
          let [sample, history] = [startLatent(schedule, start), noHistory]
          for (let index = 0; index < at; index++) ({ sample, history } = step(index, sample, history))
          const edited = mapTensor(sample, (value, i) => value + (by[i] ?? 0))
          const [as, was] = [step(at, edited, history).sample, step(at, sample, history).sample]
          as.data.forEach((value, i) =>
            expect(Math.sign(value - (was.data[i] ?? NaN))).toBe(Math.sign(by[i] ?? 0)),
          )
        }),
        { numRuns: 50 },
      )
    },
  )
})

test('the catalogue names what exists when a sampler is unknown', () => {
  expect([...samplers.keys()]).toEqual(['ddim', 'dpmpp-2m', 'euler', 'euler-ancestral', 'pndm', 'unipc'])
  expect(() => findSampler('magic')).toThrow("Cannot find sampler 'magic': there are ddim, dpmpp-2m, euler")
})

test('a scheduler file that asks for more than is written here is refused with its fields', () => {
  const read = () =>
    readSchedulerConfig('scheduler_config.json', { prediction_type: 'flow_prediction', thresholding: true })
  expect(read).toThrow(
    'Cannot run scheduler_config.json: prediction_type is "flow_prediction", supported is "epsilon" or',
  )
  expect(read).toThrow('thresholding is true, supported is false or null')
})

test('DDIM with η draws noise, and says so when none is given', () => {
  const ddim = findSampler('ddim')
  const schedule = ddim.plan(config, { steps: 4, eta: 1 })
  const given = { schedule, index: 0, sample: start, output: start }
  expect(() => ddim.step(given)).toThrow('Cannot take a step of ddim with eta 1: it needs noise')
  expect(ddim.step({ ...given, noise: start }).sample).not.toEqual(
    ddim.step({ ...given, noise: mapTensor(start, (v) => -v) }).sample,
  )
})
