import { defineNode } from '../node.ts'

export default defineNode({
  type: 'image/preview',
  version: 1,
  title: 'PreviewImage',
  description: 'Shows a picture without keeping it as a file of yours.',
  inputs: { image: { type: 'Image', description: 'The picture' } },
  outputs: {},
  params: {},
  sideEffect: true,
  async run({ image }, context) {
    await context.savePicture(image, { saved: false })
    return {}
  },
})
