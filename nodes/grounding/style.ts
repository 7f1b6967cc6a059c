import { z } from 'zod'
import { encodeEntities, requireKind } from '../encode-entities.ts'
import { defineNode } from '../node.ts'

/** Where the style's own slot lies. Style has no place: what matters is that training used the same one. */
const places = {
  corner: [0, 1, 0, 1],
  whole: [0, 0, 1, 1],
  'top edge': [0, 0, 1, 0.01],
} as const

export default defineNode({
  type: 'grounding/style',
  version: 1,
  title: 'StyleGrounding',
  description:
    'Paints in the manner of a picture: one more entity that has an image and no phrase. Merge it with boxes by GroundingMerge.',
  inputs: {
    model: { type: 'Model', description: 'A model whose gated layers take pictures, with an image encoder' },
    image: { type: 'Image', description: 'The picture whose style is wanted' },
  },
  outputs: { grounding: { type: 'Grounding', description: 'The style, encoded for this model' } },
  params: {
    place: z.enum(['corner', 'whole', 'top edge']).default('corner').meta({
      title: 'Place',
      description:
        "The box of the style's entity: the point [0, 1, 0, 1] that GLIGEN's code and diffusers use, the whole picture, or the line of its demo",
    }),
    weight: z.number().min(0).max(1).default(1).meta({
      title: 'Weight',
      description: 'How much the style counts: the image mask of its entity',
      step: 0.05,
    }),
  },
  async run({ model, image, place, weight }, context) {
    requireKind(model, await context.model(model), 'style')
    const style = { phrase: '', box: places[place], imageMask: weight, shown: image }
    const grounding = await encodeEntities(model, [style], context)
    // Nobody asks a detector where the style stands.
    return { grounding: { ...grounding, entities: [] } }
  },
})
