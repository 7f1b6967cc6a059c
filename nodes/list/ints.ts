import { listText, numbersOf } from '../list-text.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'list/ints',
  version: 1,
  title: 'IntList',
  description: 'Several whole numbers, such as seeds: what they feed runs once for each.',
  inputs: {},
  outputs: { values: { type: 'Int', list: true, description: 'The numbers, in order' } },
  params: {
    values: listText('whole numbers').default('1..4').meta({
      holds: 'whole numbers',
      title: 'Values',
      description: 'Whole numbers with commas between; 1..4 is 1, 2, 3, 4',
    }),
  },
  run({ values }) {
    return { values: numbersOf(values, true) ?? [] }
  },
})
