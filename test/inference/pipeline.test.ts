import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { groundingOf, nullGrounding } from '#inference/grounding.ts'
import { loadModel, type Branch, type Model } from '#inference/model.ts'
import { findSampler } from '#inference/samplers/catalogue.ts'
import { noHistory, type PredictionType } from '#inference/samplers/sampler.ts'
import { scaledInput, startLatent } from '#inference/samplers/schedule.ts'
import { combine, rowsOf, tensor, type Tensor } from '#inference/tensor.ts'
import { fixture, recorded, relativeError } from './helpers/fixtures.ts'

/** The run that `training/parity.py` made with diffusers' own GLIGEN pipeline. */
const guidance = 3
const cutoff = 0.5
const caption = 'a cat and a dog on a beach'
const entities = [
  { phrase: 'cat', box: [0.1, 0.2, 0.5, 0.9] },
  { phrase: 'a dog', box: [0.55, 0, 1, 0.6] },
] as const

let model: Model
let record: (key: string) => Tensor

beforeAll(async () => {
  model = await loadModel(fixture('pipeline'))
  record = await recorded('pipeline')
})

afterAll(async () => {
  await model.dispose()
})

async function branches(): Promise<Branch[]> {
  const [positive, negative, ...phrases] = await model.encodeTexts([
    caption,
    'dog',
    ...entities.map(({ phrase }) => phrase),
  ])
  if (!positive || !negative) throw new Error('two texts were asked for')
  const placed = entities.map(({ box }, i) => ({ box, ...(phrases[i] && { phrase: phrases[i].pooled }) }))
  const { slots, contextWidth: width } = model.limits
  const grounding = groundingOf(placed, { slots, width, kind: model.kind })
  return [
    { context: positive.context, grounding },
    { context: negative.context, grounding: nullGrounding(grounding) },
  ]
}

/** The latents after each iteration. */
async function run(name: string, prediction: PredictionType): Promise<Tensor[]> {
  const sampler = findSampler(name)
  const schedule = sampler.plan({ ...model.schedulerConfig, prediction, spacing: null }, { steps: 10 })
  const grounded = Math.floor(cutoff * schedule.transitions.length)
  const both = await branches()
  let sample = startLatent(schedule, record('noise'))
  let history = noHistory
  const latents: Tensor[] = []
  for (const [index, { timestep }] of schedule.transitions.entries()) {
    const beta = index < grounded ? 1 : 0
    const [c, u] = await model.denoise({
      ...{ sample: scaledInput(schedule, index, sample), timestep },
      branches: both.map((branch) => ({ ...branch, beta })),
    })
    if (!c || !u) throw new Error('two branches were asked for')
    const output = combine([guidance, c], [1 - guidance, u])
    const result = sampler.step({ schedule, index, sample, output, history })
    ;({ sample, history } = result)
    latents.push(sample)
  }
  return latents
}

describe('a whole run follows diffusers step by step: text, boxes, guidance, gated layers off half-way', () => {
  const samplers = ['ddim', 'pndm', 'euler', 'dpmpp-2m', 'unipc']
  const predictions = ['epsilon', 'v_prediction'] as const
  const runs = samplers.flatMap((name) => predictions.map((prediction) => [name, prediction] as const))
  test.each(runs)('%s on a network that predicts %s', async (name, prediction) => {
    const expected = record(`${name}.${prediction}`)
    const latents = await run(name, prediction)
    expect(latents).toHaveLength(expected.shape[0] ?? 0)
    latents.forEach((latent, i) => {
      const { data, shape } = rowsOf(expected, i, i + 1)
      expect(relativeError(latent.data, tensor(data, shape.slice(1)).data), `step ${i + 1}`).toBeLessThan(
        1e-3,
      )
    })
  })
})
