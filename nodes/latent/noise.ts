import { z } from 'zod'
import { failure } from '#inference/failure.ts'
import { gaussian } from '#inference/random.ts'
import { defineNode } from '../node.ts'
import { seed } from '../seed.ts'

const side = z.int().min(0).max(4096).default(0)
const inPixels = 'In pixels; 0 is the size the model was trained at'

export default defineNode({
  type: 'latent/noise',
  version: 1,
  title: 'LatentNoise',
  description: 'Unit noise to start from; the same seed gives the same noise on every machine.',
  aliases: ['Empty Latent Image'],
  inputs: { model: { type: 'Model', description: 'Fixes channels and size of the latent' } },
  outputs: { latent: { type: 'Latent', description: 'Noise, for Steps' } },
  params: {
    width: side.meta({ title: 'Width', description: inPixels, measures: 'width' }),
    height: side.meta({ title: 'Height', description: inPixels, measures: 'height' }),
    seed: seed.meta({ title: 'Seed', description: 'A whole number from 0 to 2^64−1', widget: 'seed' }),
  },
  async run({ model, width, height, seed }, context) {
    const { limits } = await context.model(model)
    const rows = cells('height', height, limits.sampleSize[0], limits.vaeScale)
    const columns = cells('width', width, limits.sampleSize[1], limits.vaeScale)
    return { latent: { model, samples: gaussian(seed, [1, limits.latentChannels, rows, columns]), seed } }
  },
})

/** Latent cells along one side of the picture. */
function cells(name: string, pixels: number, trained: number, scale: number): number {
  if (pixels === 0) return trained
  if (pixels % scale !== 0)
    throw failure`Cannot make noise for ${name} ${pixels}: it must be a multiple of ${scale}, such as ${Math.max(1, Math.round(pixels / scale)) * scale}`
  return pixels / scale
}
