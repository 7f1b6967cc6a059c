import { fromPixels } from '#inference/pictures.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'vae/decode',
  version: 1,
  title: 'VAEDecode',
  description: 'Turns a latent into a picture.',
  inputs: {
    model: { type: 'Model', description: 'Its decoder is used' },
    latent: { type: 'Latent', description: 'A clean latent' },
  },
  outputs: { image: { type: 'Image', description: 'The picture' } },
  params: {},
  async run({ model, latent }, context) {
    const [image] = fromPixels(await (await context.model(model)).decodeLatent(latent.samples))
    if (!image) throw new Error('Cannot decode the latent: the decoder returned nothing')
    return { image }
  },
})
