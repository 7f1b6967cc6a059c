import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parityLimit, runParity } from '#inference/parity.ts'
import { fixture, fixtures } from './helpers/fixtures.ts'

const cases = {
  gated: [
    'text_encoder.last_hidden_state',
    'text_encoder.pooler_output',
    'vae.decoded',
    'vae.moments',
    'unet.out',
  ],
  'text-image': [
    'text_encoder.last_hidden_state',
    'text_encoder.pooler_output',
    'image_encoder.image_embeds',
    'unet.out',
  ],
  inpainting: ['vae.decoded', 'vae.moments', 'unet.out'],
  bfloat16: ['vae.decoded', 'vae.moments', 'unet.out'],
  adapters: [
    'text_encoder.last_hidden_state',
    'text_encoder.pooler_output',
    'image_encoder.image_embeds',
    'image_project.feature',
    'vae.decoded',
    'vae.moments',
    'unet.out',
    'adapters/boxes.out',
    'adapters/inpaint.out',
    'adapters/keypoints.out',
  ],
}

test.each(Object.entries(cases))('every network of %s says what PyTorch says', async (name, outputs) => {
  const results = await runParity(fixture(name))
  expect(results.map(({ network, output }) => `${network}.${output}`)).toEqual(outputs)
  for (const { network, output, relativeError } of results)
    expect(relativeError, `${network}.${output}`).toBeLessThan(parityLimit)
})

test('parity refuses a folder without a record, and names the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parity-'))
  try {
    await expect(runParity(folder)).rejects.toThrow(
      `Cannot open model ${folder}: it has none of the folders text_encoder, image_encoder`,
    )
    await expect(runParity(join(fixtures, 'missing'))).rejects.toThrow('there is no such folder')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a network that lies in a folder by itself is compared as well', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parity-'))
  try {
    await cp(join(fixture('bfloat16'), 'vae'), folder, { recursive: true })
    await cp(join(fixture('bfloat16'), 'parity.safetensors'), join(folder, 'parity.safetensors'))
    const results = await runParity(folder)
    expect(results.map(({ output, ok }) => [output, ok])).toEqual([
      ['decoded', true],
      ['moments', true],
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
