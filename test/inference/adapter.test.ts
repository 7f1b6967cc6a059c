import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterNames, chooseAdapter, withAdapter } from '#inference/checkpoint/adapter.ts'
import { hashModel, openModelFolder } from '#inference/checkpoint/model-folder.ts'
import { Denoiser, type Branch } from '#inference/denoiser.ts'
import { figureInputs, nullGrounding, type BoxInputs } from '#inference/grounding.ts'
import { mapTensor, zeros, type Tensor } from '#inference/tensor.ts'
import { fixture, recorded, relativeError } from './helpers/fixtures.ts'

const place = fixture('adapters')
const timestep = 321
let copy: string
let base: Denoiser
let keypoints: Denoiser
let sample: Tensor
let context: Tensor

async function open(name: string, folder = place): Promise<Denoiser> {
  const unet = await (await openModelFolder(folder)).component('unet')
  const adapter = await chooseAdapter(folder, name)
  return new Denoiser(adapter ? await withAdapter(unet, folder, adapter) : unet, { provider: 'cpu' })
}

async function ask(denoiser: Denoiser, branch: Omit<Branch, 'context'> = {}): Promise<Float32Array> {
  const [out] = await denoiser.denoise({ sample, timestep, branches: [{ context, ...branch }] })
  return out?.data ?? new Float32Array()
}

beforeAll(async () => {
  const record = await recorded('adapters')
  sample = record('unet.sample')
  context = record('unet.encoder_hidden_states')
  base = await open('none')
  keypoints = await open('keypoints')
  copy = await mkdtemp(join(tmpdir(), 'adapters-'))
  await cp(place, copy, { recursive: true })
})

afterAll(async () => {
  await Promise.all([base.release(), keypoints.release()])
  await rm(copy, { recursive: true })
})

const pose = Array.from({ length: 17 }, (_, i) => [0.3 + 0.02 * i, 0.9 - 0.05 * i] as const)

describe('a UNet with an adapter', () => {
  test('answers without grounding exactly as the base alone, bit for bit', async () => {
    const alone = await ask(base)
    expect(await ask(keypoints)).toEqual(alone)
    expect(await ask(keypoints, { grounding: figureInputs([pose], 3), beta: 0 })).toEqual(alone)
  })

  test('follows a pose: other keypoints give another answer', async () => {
    const moved = pose.map(([x, y]) => [1 - x, y] as const)
    const one = await ask(keypoints, { grounding: figureInputs([pose], 3) })
    expect(relativeError(await ask(keypoints, { grounding: figureInputs([moved], 3) }), one)).toBeGreaterThan(
      0.001,
    )
  })

  test('does not see where an absent keypoint would be', async () => {
    const grounding = nullGrounding(figureInputs([pose], 3))
    const elsewhere = nullGrounding(figureInputs([pose.map(([x, y]) => [y, x] as const)], 3))
    expect(await ask(keypoints, { grounding })).toEqual(await ask(keypoints, { grounding: elsewhere }))
  })

  test('refuses boxes where its gated layers read keypoints, with what to do', async () => {
    const slots = { boxes: zeros([1, 30, 4]), masks: zeros([1, 30]), phrases: zeros([1, 30, 20]) }
    const grounding: BoxInputs = { ...slots, masks: mapTensor(slots.masks, () => 1) }
    await expect(ask(keypoints, { grounding })).rejects.toThrow(
      /its gated layers read keypoints, the grounding has boxes; load the model with another adapter/,
    )
  })

  test('reads nine channels where the adapter brings its own first convolution', async () => {
    const inpaint = await open('inpaint')
    expect(inpaint.plan).toMatchObject({ inChannels: 9, gating: 'gated' })
    await inpaint.release()
  })
})

describe('figureInputs', () => {
  test('puts keypoints into their slots and marks who is there', () => {
    const half = pose.map((point, i) => (i < 5 ? point : ([0, 0] as const)))
    const { points, masks } = figureInputs([pose, half], 3)
    expect(points.shape).toEqual([1, 51, 2])
    expect([...masks.data].map(Number)).toEqual([...Array<number>(22).fill(1), ...Array<number>(29).fill(0)])
    expect(points.data[2 * 17]).toBeCloseTo(0.3)
  })

  test('refuses more figures than the model has room for', () => {
    expect(() => figureInputs([pose, pose], 1)).toThrow('Cannot ground 2 figures: the model has room for 1')
  })
})

describe('the adapters of a model', () => {
  test('are found by name; auto is the first, none is the model alone', async () => {
    expect(await adapterNames(place)).toEqual(['boxes', 'inpaint', 'keypoints'])
    expect((await chooseAdapter(place, 'auto'))?.name).toBe('boxes')
    expect(await chooseAdapter(place, 'none')).toBeNull()
    expect(await chooseAdapter(fixture('pipeline'), 'auto')).toBeNull()
  })

  test('are named when another is asked for, and a name is never a path', async () => {
    for (const name of ['canny', '../adapters/keypoints'])
      await expect(chooseAdapter(place, name)).rejects.toThrow(
        `Cannot load model ${place} with adapter '${name}': it has 'boxes', 'inpaint', 'keypoints'; 'none' is the model alone`,
      )
  })

  test('each have a part in the hash, and only when in use', async () => {
    const file = join(copy, 'adapters/keypoints/config.json')
    const names = [undefined, 'inpaint', 'keypoints']
    const hashes = () => Promise.all(names.map((name) => hashModel(copy, name)))
    const before = await hashes()
    expect(new Set(before).size).toBe(3)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('random', 'changed'))
    const after = await hashes()
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
    expect(after[2]).not.toBe(before[2])
    await writeFile(file, text)
  })

  test('are refused when their config is none, with field and wish', async () => {
    const file = join(copy, 'adapters/keypoints/config.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"keypoint"', '"canny"'))
    await expect(chooseAdapter(copy, 'keypoints')).rejects.toThrow(`Cannot read ${file}: position_net: `)
    await writeFile(file, text.replace('"position_net": "keypoint"', '"position_net": "text"'))
    await expect(open('keypoints', copy)).rejects.toThrow(
      /says position_net 'text', but the weights have no 'position_net.null_positive_feature'/,
    )
    await writeFile(file, text)
  })

  test('are refused when the UNet has no place for one of their tensors', async () => {
    const file = join(copy, 'adapters/keypoints/diffusion_pytorch_model.safetensors')
    const bytes = await readFile(file)
    const at = bytes.indexOf('down_blocks.0.attentions.0.')
    const foreign = Buffer.from(bytes)
    foreign.write('down_blocks.7.attentions.0.', at)
    await writeFile(file, foreign)
    await expect(open('keypoints', copy)).rejects.toThrow(
      /the UNet has no place for tensor 'down_blocks.7.attentions.0.*'; the adapter was made for another model/,
    )
    await writeFile(file, bytes)
  })
})
