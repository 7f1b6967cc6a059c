import { listText, numbersOf } from '../list-text.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'list/floats',
  version: 1,
  title: 'FloatList',
  description: 'Several numbers: what they feed runs once for each.',
  inputs: {},
  outputs: { values: { type: 'Float', list: true, description: 'The numbers, in order' } },
  params: {
    values: listText('numbers').default('0.3, 0.5, 1').meta({
      holds: 'numbers',
      title: 'Values',
      description: 'Numbers with commas between',
    }),
  },
  run({ values }) {
    return { values: numbersOf(values, false) ?? [] }
  },
})
