import { z } from 'zod'
import { failure } from '#inference/failure.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'image/load',
  version: 1,
  title: 'LoadImage',
  description: 'A picture of this machine, by the hash of its content: drop one on the node.',
  inputs: {},
  outputs: { image: { type: 'Image', description: 'The picture' } },
  params: {
    picture: z
      .string()
      .regex(/^([0-9a-f]{64})?$/, 'must be the id of a stored picture, 64 hexadecimal digits')
      .default('')
      .meta({ title: 'Picture', description: 'PNG, JPEG or WebP', widget: 'picture' }),
  },
  waits: true,
  async run({ picture }, context) {
    if (picture === '') throw failure`Cannot load a picture: none is chosen, drop one on the node`
    return { image: await context.loadPicture(picture) }
  },
})
