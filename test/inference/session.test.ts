import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openModelFolder } from '#inference/checkpoint/model-folder.ts'
import { authorVaeDecoder, readVaeConfig } from '#inference/networks/vae.ts'
import { dialects, type Dialect } from '#inference/onnx/dialect.ts'
import type { OnnxModel } from '#inference/onnx/model.ts'
import { authorTextConditioner, authorUNetStep } from '#inference/networks/unet.ts'
import { planUNet } from '#inference/networks/unet-config.ts'
import { Session } from '#inference/session.ts'
import { fixture, recorded, relativeError } from './helpers/fixtures.ts'

async function decoder(dialect: Dialect): Promise<OnnxModel> {
  const { place, config, weights } = await (await openModelFolder(fixture('gated'))).component('vae')
  return authorVaeDecoder(readVaeConfig(place, config), weights, dialect)
}

describe('a session', () => {
  let session: Session
  beforeAll(async () => {
    session = await Session.open(await decoder(dialects.cpu), { provider: 'cpu' })
  })
  afterAll(async () => {
    await session.release()
  })

  const nothing = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b)), shape })

  test('says which input is missing', async () => {
    await expect(session.run({})).rejects.toThrow("Cannot run vae-decoder: input 'latents' is missing")
  })

  test('says which input it does not know', async () => {
    const feeds = { latents: nothing(1, 4, 2, 2), noise: nothing(1) }
    await expect(session.run(feeds)).rejects.toThrow("Cannot run vae-decoder: it has no input 'noise'")
  })

  test('names the tensor, its shape and the expected one where they differ', async () => {
    await expect(session.run({ latents: nothing(1, 3, 2, 2) })).rejects.toThrow(
      "Cannot run vae-decoder: input 'latents' has shape [1,3,2,2], expected [B=1, 4, h, w]",
    )
  })
})

test.each(['fused', 'standard', 'plain'] as const)(
  '%s attention says what PyTorch says',
  async (attention) => {
    const record = await recorded('gated')
    const session = await Session.open(await decoder({ ...dialects.cpu, attention }), { provider: 'cpu' })
    try {
      const { decoded } = await session.run({ latents: record('vae.latents') })
      expect(relativeError(decoded?.data ?? new Float32Array(), record('vae.decoded').data)).toBeLessThan(
        1e-5,
      )
    } finally {
      await session.release()
    }
  },
)

test('channels of zeros, where a provider needs them, change nothing', async () => {
  const record = await recorded('inpainting')
  const { place, config, weights } = await (await openModelFolder(fixture('inpainting'))).component('unet')
  const plan = planUNet(place, config, weights)
  const text = await Session.open(authorTextConditioner(plan, weights, dialects.cpu), { provider: 'cpu' })
  const step = await Session.open(authorUNetStep(plan, weights, { ...dialects.cpu, anyChannels: false }), {
    provider: 'cpu',
  })
  try {
    const told = await text.run({ encoder_hidden_states: record('unet.encoder_hidden_states') })
    const { out } = await step.run({
      sample: record('unet.sample'),
      timestep: record('unet.timestep'),
      ...told,
    })
    expect(relativeError(out?.data ?? new Float32Array(), record('unet.out').data)).toBeLessThan(1e-5)
  } finally {
    await Promise.all([text.release(), step.release()])
  }
})

test('a VAE whose attention still has the names of older files says the same', async () => {
  const old = { to_q: 'query', to_k: 'key', to_v: 'value', 'to_out.0': 'proj_attn' }
  const rename = (key: string) =>
    Object.entries(old).reduce((name, [now, then]) => name.replace(`.${now}.`, `.${then}.`), key)
  const { place, config, weights } = await (await openModelFolder(fixture('gated'))).component('vae')
  const entries = new Map(
    [...weights.entries].map(([key, entry]) => [rename(key), { ...entry, name: rename(key) }]),
  )
  expect(entries.has('decoder.mid_block.attentions.0.proj_attn.weight')).toBe(true)
  const model = authorVaeDecoder(readVaeConfig(place, config), { ...weights, entries }, dialects.cpu)
  const record = await recorded('gated')
  const session = await Session.open(model, { provider: 'cpu' })
  try {
    const { decoded } = await session.run({ latents: record('vae.latents') })
    expect(relativeError(decoded?.data ?? new Float32Array(), record('vae.decoded').data)).toBeLessThan(1e-5)
  } finally {
    await session.release()
  }
})
