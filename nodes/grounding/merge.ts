import { failure } from '#inference/failure.ts'
import { mergedGrounding } from '#inference/grounding.ts'
import { nameModel } from '../name-model.ts'
import { defineNode } from '../node.ts'

const part = (place: string) =>
  ({ type: 'Grounding', description: `The entities that come ${place}` }) as const

export default defineNode({
  type: 'grounding/merge',
  version: 1,
  title: 'GroundingMerge',
  description:
    'Several groundings of one model as one: boxes with phrases, with pictures, and a style. The gates have one strength for ' +
    'the whole picture: it becomes the greatest of them.',
  inputs: {
    first: part('first'),
    second: part('next'),
    third: { ...part('after these'), optional: true },
    fourth: { ...part('last'), optional: true },
  },
  outputs: { grounding: { type: 'Grounding', description: 'All of them' } },
  params: {},
  run({ first, second, third, fourth }) {
    const all = [first, second, third, fourth].filter((grounding) => grounding !== undefined)
    const other = all.find(({ model }) => model.hash !== first.model.hash)
    if (other)
      throw failure`Cannot merge groundings: one was made with model ${nameModel(first.model)}, another with ${nameModel(other.model)}, wire one model to both`
    const on = all.filter(({ strength }) => strength !== 0)
    const [head, ...rest] = on
    if (!head) return { grounding: first }
    const figures = on.flatMap((grounding) => grounding.figures ?? [])
    return {
      grounding: {
        model: head.model,
        entities: on.flatMap(({ entities }) => entities),
        ...(figures.length > 0 && { figures }),
        inputs: mergedGrounding([head.inputs, ...rest.map(({ inputs }) => inputs)]),
        strength: Math.max(...on.map(({ strength }) => strength)),
      },
    }
  },
})
