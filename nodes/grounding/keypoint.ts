import { figureInputs } from '#inference/grounding.ts'
import { requireKind } from '../encode-entities.ts'
import { keypointsSchema } from '../keypoints.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'grounding/keypoint',
  version: 1,
  title: 'KeypointGrounding',
  description:
    'Poses figures: 17 COCO keypoints each, as fractions of the picture. What is not there is left out; with no figure, grounding is off.',
  inputs: { model: { type: 'Model', description: 'A model with an adapter for keypoints' } },
  outputs: { grounding: { type: 'Grounding', description: 'The figures, encoded for this model' } },
  params: {
    figures: keypointsSchema.default([]).meta({
      title: 'Figures',
      description: 'Nose, eyes, ears, shoulders, elbows, wrists, hips, knees and ankles, left before right',
      widget: 'keypoints',
    }),
  },
  async run({ model, figures }, context) {
    const loaded = await context.model(model)
    requireKind(model, loaded, 'keypoint')
    const inputs = figureInputs(figures, loaded.limits.figures)
    return { grounding: { model, entities: [], figures, inputs, strength: figures.length > 0 ? 1 : 0 } }
  },
})
