import { z } from 'zod'
import { defineNode } from '../node.ts'

const form = 'must be 1 to 80 letters, digits, spaces or _ . -'

export default defineNode({
  type: 'image/save',
  version: 1,
  title: 'SaveImage',
  description: 'Keeps a picture as PNG, with the workflow that made it inside.',
  inputs: { image: { type: 'Image', description: 'The picture' } },
  outputs: {},
  params: {
    name: z
      .string()
      .regex(/^[\p{L}\p{N} _.-]{1,80}$/u, form)
      .default('picture')
      .meta({ form, title: 'Name', description: 'Beginning of the file name' }),
  },
  sideEffect: true,
  async run({ image, name }, context) {
    await context.savePicture(image, { saved: true, name })
    return {}
  },
})
