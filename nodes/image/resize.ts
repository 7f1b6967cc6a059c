import { z } from 'zod'
import { resizePicture } from '#inference/pictures.ts'
import { defineNode } from '../node.ts'

const side = z.int().min(1).max(4096).default(64)

export default defineNode({
  type: 'image/resize',
  version: 1,
  title: 'Resize',
  description: 'Makes a picture of the given size.',
  aliases: ['Upscale', 'Scale'],
  inputs: { image: { type: 'Image', description: 'Any picture' } },
  outputs: { image: { type: 'Image', description: 'The resized picture' } },
  params: {
    width: side.meta({ title: 'Width', description: 'In pixels', measures: 'width' }),
    height: side.meta({ title: 'Height', description: 'In pixels', measures: 'height' }),
    fit: z.enum(['cover', 'fill']).default('cover').meta({
      title: 'Fit',
      description: '`cover` keeps the proportions and crops what hangs over, `fill` stretches',
    }),
  },
  async run({ image, width, height, fit }) {
    return { image: await resizePicture(image, { width, height, fit }) }
  },
})
