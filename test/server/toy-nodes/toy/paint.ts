import { z } from 'zod'
import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/paint',
  version: 1,
  title: 'ToyPaint',
  description: 'Shows previews of a grey picture, then saves it.',
  inputs: {},
  outputs: {},
  params: {
    seed: z.int().min(0).default(1).meta({ widget: 'seed' }),
    side: z.int().min(1).max(512).default(8),
    saved: z.boolean().default(true),
  },
  sideEffect: true,
  async run({ seed, side, saved }, context) {
    const image = {
      width: side,
      height: side,
      data: new Float32Array(side * side * 3).fill((seed % 256) / 255),
    }
    for (let step = 0; step < 3; step++)
      await context.preview(() => Promise.resolve(image), { step, total: 3, beta: step === 0 ? 1 : null })
    await context.savePicture(image, { saved, name: 'grey square' })
    return {}
  },
})
