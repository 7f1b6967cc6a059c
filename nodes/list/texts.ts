import { linesOf, listText } from '../list-text.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'list/texts',
  version: 1,
  title: 'TextList',
  description: 'Several texts: what they feed runs once for each.',
  inputs: {},
  outputs: { texts: { type: 'Text', list: true, description: 'The texts, in order' } },
  params: {
    texts: listText('lines')
      .default('')
      .meta({ holds: 'lines', title: 'Texts', description: 'One per line', multiline: true }),
  },
  run({ texts }) {
    return { texts: linesOf(texts) }
  },
})
