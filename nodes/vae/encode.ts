import { failure } from '#inference/failure.ts'
import { toPixels } from '#inference/pictures.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'vae/encode',
  version: 1,
  title: 'VAEEncode',
  description: 'Turns a picture into a latent: the mean of what the encoder says, so that it needs no seed.',
  inputs: {
    model: { type: 'Model', description: 'Its encoder is used' },
    image: { type: 'Image', description: 'Its sides must be multiples of what one latent cell covers' },
  },
  outputs: { latent: { type: 'Latent', description: 'A clean latent, for Steps' } },
  params: {},
  async run({ model, image }, context) {
    const loaded = await context.model(model)
    const cell = loaded.limits.vaeScale
    if (image.width % cell !== 0 || image.height % cell !== 0)
      throw failure`Cannot encode a picture of ${image.width} × ${image.height} px: both sides must be multiples of ${cell}, put a Resize node before`
    const { mean } = await loaded.encodePixels(toPixels(image))
    return { latent: { model, samples: mean } }
  },
})
