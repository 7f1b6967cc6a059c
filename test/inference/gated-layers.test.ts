import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openModelFolder } from '#inference/checkpoint/model-folder.ts'
import { Denoiser, type Branch } from '#inference/denoiser.ts'
import { nullGrounding, type BoxInputs } from '#inference/grounding.ts'
import { mapTensor, rowsOf, type Tensor } from '#inference/tensor.ts'
import { fixture, openDenoiser, recorded, relativeError } from './helpers/fixtures.ts'

let gated: Denoiser
let plain: Denoiser
let sample: Tensor
let context: Tensor
let grounding: BoxInputs
const timestep = 523

beforeAll(async () => {
  const record = await recorded('gated')
  const firstOf = (name: string) => rowsOf(record(`unet.${name}`), 0, 1)
  ;[sample, context] = [firstOf('sample'), firstOf('encoder_hidden_states')]
  grounding = { boxes: firstOf('boxes'), masks: firstOf('masks'), phrases: firstOf('positive_embeddings') }
  gated = await openDenoiser('gated')
  plain = await withoutGatedLayers('gated')
})

afterAll(async () => {
  await Promise.all([gated.release(), plain.release()])
})

/** The same weights as a UNet that knows nothing of grounding. */
async function withoutGatedLayers(name: string): Promise<Denoiser> {
  const { place, config, weights } = await (await openModelFolder(fixture(name))).component('unet')
  const entries = new Map(
    [...weights.entries].filter(([key]) => !key.includes('.fuser.') && !key.startsWith('position_net.')),
  )
  const component = {
    place,
    config: { ...config, attention_type: 'default' },
    weights: { ...weights, entries },
  }
  return new Denoiser(component, { provider: 'cpu' })
}

async function ask(denoiser: Denoiser, branch: Omit<Branch, 'context'>): Promise<Float32Array> {
  const [out] = await denoiser.denoise({ sample, timestep, branches: [{ context, ...branch }] })
  return out?.data ?? new Float32Array()
}

describe('gated layers', () => {
  test('at β = 0 leave exactly the UNet they were added to, bit for bit', async () => {
    const expected = await ask(plain, {})
    expect(await ask(gated, { grounding, beta: 0 })).toEqual(expected)
    expect(await ask(gated, {})).toEqual(expected)
  })

  test('with null grounding are not the same as switched off', async () => {
    const off = await ask(gated, {})
    expect(relativeError(await ask(gated, { grounding: nullGrounding(grounding) }), off)).toBeGreaterThan(
      0.01,
    )
  })

  test('with null grounding do not read boxes and phrases', async () => {
    const other = {
      ...grounding,
      boxes: mapTensor(grounding.boxes, (v) => 1 - v),
      phrases: mapTensor(grounding.phrases, (v) => -v),
    }
    const [one, two] = [nullGrounding(grounding), nullGrounding(other)]
    expect(await ask(gated, { grounding: one })).toEqual(await ask(gated, { grounding: two }))
  })

  test('grow with β between off and full strength', async () => {
    const off = await ask(gated, {})
    const shift = async (beta: number) => relativeError(await ask(gated, { grounding, beta }), off)
    const [weak, half, full] = [await shift(0.1), await shift(0.5), await shift(1)]
    expect(weak).toBeGreaterThan(0)
    expect(half).toBeGreaterThan(weak)
    expect(full).toBeGreaterThan(half)
  })

  test('follow the box: another place gives another answer', async () => {
    const moved = { ...grounding, boxes: mapTensor(grounding.boxes, (value) => 1 - value) }
    expect(
      relativeError(await ask(gated, { grounding: moved }), await ask(gated, { grounding })),
    ).toBeGreaterThan(0.001)
  })

  test('give each branch of a batch its own β and grounding', async () => {
    const branches = [
      { context, grounding },
      { context },
      { context, grounding: nullGrounding(grounding), beta: 0.5 },
    ]
    const together = await gated.denoise({ sample, timestep, branches })
    for (const [i, branch] of branches.entries())
      expect(relativeError(together[i]?.data ?? new Float32Array(), await ask(gated, branch))).toBeLessThan(
        1e-6,
      )
  })

  test('take branches whose texts or slots differ in number', async () => {
    const short = rowsOf({ data: context.data, shape: context.shape.slice(1) }, 0, 3)
    const other = { data: short.data, shape: [1, ...short.shape] }
    const branches = [
      { context, grounding },
      { context: other, grounding },
    ]
    const [, second] = await gated.denoise({ sample, timestep, branches })
    const [alone] = await gated.denoise({ sample, timestep, branches: branches.slice(1) })
    expect(second).toEqual(alone)
  })

  test('answer the same for a value that was stored and read again', async () => {
    const copy = (value: Tensor): Tensor => ({ data: Float32Array.from(value.data), shape: [...value.shape] })
    const again = {
      boxes: copy(grounding.boxes),
      masks: copy(grounding.masks),
      phrases: copy(grounding.phrases),
    }
    expect(await ask(gated, { grounding: again })).toEqual(await ask(gated, { grounding }))
  })
})

describe('a UNet refuses what it was not made for', () => {
  test('grounding without gated layers', async () => {
    await expect(ask(plain, { grounding })).rejects.toThrow(
      /Cannot denoise with .*unet: it has no gated layers, so it cannot be grounded; choose a GLIGEN model/,
    )
    await expect(ask(plain, { grounding, beta: 0 })).resolves.toBeInstanceOf(Float32Array)
  })

  test('a text of another model', async () => {
    const branches = [{ context: { data: new Float32Array(14), shape: [1, 7, 2] } }]
    await expect(gated.denoise({ sample, timestep, branches })).rejects.toThrow(
      'the text has shape [1,7,2], the model takes [1, tokens, 24]',
    )
  })

  test('a latent with other channels', async () => {
    const wrong = { data: new Float32Array(9), shape: [1, 9, 1, 1] }
    await expect(gated.denoise({ sample: wrong, timestep, branches: [] })).rejects.toThrow(
      'the latent has shape [1,9,1,1], the model takes [pictures, 4, height, width]',
    )
  })
})
