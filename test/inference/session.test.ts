import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openModelFolder } from '#inference/checkpoint/model-folder.ts'
import { authorVaeDecoder, readVaeConfig } from '#inference/networks/vae.ts'
import type { AttentionStyle } from '#inference/onnx/graph-builder.ts'
import type { OnnxModel } from '#inference/onnx/model.ts'
import { Session } from '#inference/session.ts'
import { fixture, recorded, relativeError } from './helpers/fixtures.ts'

async function decoder(style: AttentionStyle): Promise<OnnxModel> {
  const { place, config, weights } = await (await openModelFolder(fixture('gated'))).component('vae')
  return authorVaeDecoder(readVaeConfig(place, config), weights, style)
}

describe('a session', () => {
  let session: Session
  beforeAll(async () => {
    session = await Session.open(await decoder('fused'), { provider: 'cpu' })
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

test.each(['fused', 'standard', 'plain'] as const)('%s attention says what PyTorch says', async (style) => {
  const record = await recorded('gated')
  const session = await Session.open(await decoder(style), { provider: 'cpu' })
  try {
    const { decoded } = await session.run({ latents: record('vae.latents') })
    expect(relativeError(decoded?.data ?? new Float32Array(), record('vae.decoded').data)).toBeLessThan(1e-5)
  } finally {
    await session.release()
  }
})
