import { boxesSchema } from '../boxes.ts'
import { encodeEntities } from '../encode-entities.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'grounding/box',
  version: 2,
  title: 'BoxGrounding',
  description:
    'Names things and says where they stand. Boxes are fractions of the picture; with no box, grounding is off.',
  aliases: ['GLIGEN Textbox', 'Bounding box'],
  inputs: { model: { type: 'Model', description: 'A model with gated layers' } },
  outputs: {
    grounding: { type: 'Grounding', description: 'The entities, encoded for this model' },
    boxes: { type: 'Boxes', description: 'The boxes as they are, for InpaintMask' },
  },
  params: {
    boxes: boxesSchema.default([]).meta({
      title: 'Boxes',
      description: 'Up to 30 phrases, each with a box x0 y0 x1 y1, and a picture where the model takes one',
      widget: 'boxes',
    }),
  },
  async run({ model, boxes }, context) {
    return { grounding: await encodeEntities(model, boxes, context), boxes }
  },
})
