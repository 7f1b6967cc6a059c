import { z } from 'zod'
import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/load',
  version: 1,
  title: 'ToyLoad',
  description: 'Loads a picture and saves it again.',
  inputs: {},
  outputs: {},
  params: { picture: z.string().default('').meta({ widget: 'picture' }) },
  sideEffect: true,
  async run({ picture }, context) {
    await context.savePicture(await context.loadPicture(picture), { saved: false })
    return {}
  },
})
