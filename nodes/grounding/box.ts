import { groundingOf } from '#inference/grounding.ts'
import { boxesSchema } from '../boxes.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'grounding/box',
  version: 1,
  title: 'BoxGrounding',
  description:
    'Names things and says where they stand. Boxes are fractions of the picture; with no box, grounding is off.',
  inputs: { model: { type: 'Model', description: 'A model with gated layers' } },
  outputs: { grounding: { type: 'Grounding', description: 'The entities, encoded for this model' } },
  params: {
    boxes: boxesSchema.default([]).meta({
      title: 'Boxes',
      description: 'Up to 30 phrases, each with a box x0 y0 x1 y1',
      widget: 'boxes',
    }),
  },
  async run({ model, boxes }, context) {
    const loaded = await context.model(model)
    if (loaded.kind === 'text-to-image')
      throw new Error(
        `Cannot ground with model '${model.id}': it has no gated layers, choose a model of kind 'gated' in LoadModel`,
      )
    const encoded = await loaded.encodeTexts(boxes.map((entity) => entity.phrase))
    const placed = boxes.map((entity, index) => {
      const phrase = encoded[index]?.pooled
      return { box: entity.box, ...(phrase && { phrase }) }
    })
    const { slots, contextWidth: width } = loaded.limits
    const inputs = groundingOf(placed, { slots, width, kind: loaded.kind })
    return { grounding: { model, entities: boxes, inputs, strength: boxes.length > 0 ? 1 : 0 } }
  },
})
