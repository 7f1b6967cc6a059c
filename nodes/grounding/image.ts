import { failure } from '#inference/failure.ts'
import { boxListSchema } from '../boxes.ts'
import { encodeEntities } from '../encode-entities.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'grounding/image',
  version: 1,
  title: 'ImageGrounding',
  description:
    'Shows things by pictures and says where they stand. A box has a picture of its own, or takes the one that is wired; ' +
    'a phrase is optional. The masks say how much of each counts.',
  inputs: {
    model: { type: 'Model', description: 'A model whose gated layers take pictures, with an image encoder' },
    image: {
      type: 'Image',
      optional: true,
      description: 'The reference picture of every box that has none of its own',
    },
  },
  outputs: {
    grounding: { type: 'Grounding', description: 'The entities, encoded for this model' },
    boxes: { type: 'Boxes', description: 'The boxes as they are, for InpaintMask' },
  },
  params: {
    boxes: boxListSchema('optional').default([]).meta({
      title: 'Boxes',
      description: 'Up to 30 boxes x0 y0 x1 y1, each with a picture, a phrase or both',
      widget: 'boxes',
      phrases: 'optional',
    }),
  },
  async run({ model, image, boxes }, context) {
    const bare = boxes.findIndex((box) => !image && !box.image && box.phrase.trim() === '')
    if (bare >= 0)
      throw failure`Cannot ground box ${bare + 1}: nothing says what stands in it, drop a picture on it, name it, or wire an image`
    const told = boxes.map((box) => ({ ...box, ...(image && { shown: image }) }))
    return { grounding: await encodeEntities(model, told, context), boxes }
  },
})
