import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashModel } from '#inference/checkpoint/model-folder.ts'
import { groundingOf } from '#inference/grounding.ts'
import { loadModel, type Model } from '#inference/model.ts'
import { fixture } from './helpers/fixtures.ts'

let folder: string
let model: Model

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'))
  await cp(fixture('pipeline'), folder, { recursive: true })
  model = await loadModel(fixture('pipeline'))
})

afterAll(async () => {
  await model.dispose()
  await rm(folder, { recursive: true })
})

async function change(file: string, fields: object): Promise<() => Promise<void>> {
  const path = join(folder, file)
  const before = await readFile(path, 'utf8')
  await writeFile(path, JSON.stringify({ ...(JSON.parse(before) as object), ...fields }))
  return () => writeFile(path, before)
}

describe('a model folder', () => {
  test('says what the model is', () => {
    expect(model.kind).toBe('gated')
    expect(model.limits).toEqual({
      ...{
        inChannels: 4,
        latentChannels: 4,
        vaeScale: 2,
        sampleSize: [8, 8],
        contextWidth: 32,
        tokens: 16,
        slots: 30,
        figures: 0,
      },
    })
  })

  test('has a hash that follows its content, not its place', async () => {
    expect(model.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await hashModel(folder)).toBe(model.hash)
    const restore = await change('scheduler/scheduler_config.json', { beta_end: 0.02 })
    expect(await hashModel(folder)).not.toBe(model.hash)
    await restore()
    expect(await hashModel(folder)).toBe(model.hash)
  })

  test('encodes several texts at once as it does one by one', async () => {
    const [, both] = await model.encodeTexts(['a dog', 'a cat'])
    const [one] = await model.encodeTexts(['a cat'])
    both?.context.data.forEach((value, i) => expect(value).toBeCloseTo(one?.context.data[i] ?? NaN, 5))
    expect(both?.context.shape).toEqual([1, 16, 32])
    expect(both?.pooled.shape).toEqual([1, 32])
    expect(await model.encodeTexts([])).toEqual([])
  })

  test('encodes pixels to scaled latents, and decodes them to pixels', async () => {
    const pixels = { data: new Float32Array(3 * 6 * 8).fill(0.3), shape: [1, 3, 6, 8] }
    const { mean, deviation } = await model.encodePixels(pixels)
    expect([mean.shape, deviation.shape]).toEqual([
      [1, 4, 3, 4],
      [1, 4, 3, 4],
    ])
    expect(Math.min(...deviation.data)).toBeGreaterThan(0)
    expect((await model.decodeLatent(mean)).shape).toEqual([1, 3, 6, 8])
  })

  test('refuses a picture whose sides do not fit the latent grid', async () => {
    const pixels = { data: new Float32Array(3 * 5 * 8), shape: [1, 3, 5, 8] }
    await expect(model.encodePixels(pixels)).rejects.toThrow(
      'Cannot encode a picture of 8 × 5: both sides must be multiples of 2, resize it',
    )
  })

  test('without an image encoder refuses reference pictures', async () => {
    const image = { width: 1, height: 1, data: new Float32Array(3) }
    await expect(model.encodeReference(image)).rejects.toThrow('the model has no image_encoder')
  })

  test('runs again after it gave its memory back', async () => {
    const [before] = await model.encodeTexts(['a cat'])
    await model.dispose()
    expect(await model.encodeTexts(['a cat'])).toEqual([before])
  })

  test('whose config asks for an unknown block is refused with field, value and what is supported', async () => {
    const restore = await change('unet/config.json', {
      down_block_types: ['KDownBlock2D', 'DownBlock2D'],
      act_fn: 'mish',
    })
    await expect(loadModel(folder)).rejects.toThrow(
      `Cannot run ${join(folder, 'unet')}: act_fn is "mish", supported is "silu" or "swish"; down_block_types is ["KDownBlock2D","DownBlock2D"], supported is a list of "DownBlock2D" or "CrossAttnDownBlock2D"`,
    )
    await restore()
  })

  test('whose config and weights are of two models is refused with the tensor', async () => {
    const restore = await change('unet/config.json', { block_out_channels: [16, 40] })
    const mixed = await loadModel(folder)
    const question = {
      ...{ sample: { data: new Float32Array(256), shape: [1, 4, 8, 8] }, timestep: 1 },
      branches: [{ context: { data: new Float32Array(16 * 32), shape: [1, 16, 32] } }],
    }
    await expect(mixed.denoise(question)).rejects.toThrow(
      /tensor '.*' has shape \[.*\], config.json asks for \[.*\]; the weights and the config must be of one model/,
    )
    await restore()
  })

  test('without a network it needs is refused with its name', async () => {
    await rm(join(folder, 'vae'), { recursive: true })
    await expect(loadModel(folder)).rejects.toThrow(
      `Cannot load model ${folder}: it has no vae; a diffusers model folder has them all`,
    )
    await expect(loadModel(join(folder, 'nowhere'))).rejects.toThrow('there is no such folder')
  })
})

describe('grounding', () => {
  const shape = { slots: 2, width: 3, kind: 'gated' as const }
  const feature = { data: Float32Array.of(1, 2, 3), shape: [1, 3] }

  test('puts entities into slots and leaves the others null', () => {
    const { boxes, masks, phrases } = groundingOf([{ box: [0, 0.25, 0.5, 1], phrase: feature }], shape)
    expect([...boxes.data]).toEqual([0, 0.25, 0.5, 1, 0, 0, 0, 0])
    expect([...masks.data]).toEqual([1, 0])
    expect([...phrases.data]).toEqual([1, 2, 3, 0, 0, 0])
  })

  test('keeps apart who has a phrase and who has a picture', () => {
    const entities = [
      { box: [0, 0, 1, 1] as const, phrase: feature },
      { box: [0, 0, 1, 1] as const, image: feature },
    ]
    const { phraseMasks, imageMasks } = groundingOf(entities, { ...shape, kind: 'gated-text-image' })
    expect([...(phraseMasks?.data ?? [])]).toEqual([1, 0])
    expect([...(imageMasks?.data ?? [])]).toEqual([0, 1])
  })

  test('refuses what does not fit', () => {
    const entity = { box: [0, 0, 1, 1] as const, phrase: feature }
    expect(() => groundingOf([entity, entity, entity], shape)).toThrow(
      'Cannot ground 3 entities: the model has 2 slots, leave some out',
    )
    expect(() => groundingOf([{ box: [0, 0, 1, 1], image: feature }], shape)).toThrow(
      'Cannot ground entity 1 by a picture',
    )
    expect(() => groundingOf([entity], { ...shape, width: 4 })).toThrow(
      'Cannot ground by a feature of shape [1,3]',
    )
  })
})
