import { z } from 'zod'
import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/look',
  version: 1,
  title: 'ToyLook',
  description: 'Asks the detector of a model what it sees in a grey picture.',
  inputs: {},
  outputs: {},
  params: { model: z.string().default('') },
  sideEffect: true,
  async run({ model }, context) {
    const found = await context.model(await context.findModel(model))
    const { detections } = await found.look({ width: 16, height: 16, data: new Float32Array(768).fill(0.5) })
    context.showValue(`${detections.length} seen`)
    return {}
  },
})
