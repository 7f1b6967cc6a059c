import { z } from 'zod'
import { linesOf, mostItems } from '../list-text.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'list/texts',
  version: 1,
  title: 'TextList',
  description: 'Several texts: what they feed runs once for each.',
  inputs: {},
  outputs: { texts: { type: 'Text', list: true, description: 'The texts, in order' } },
  params: {
    texts: z
      .string()
      .max(20_000)
      .refine((text) => linesOf(text).length <= mostItems, `must have at most ${mostItems} lines`)
      .default('')
      .meta({ title: 'Texts', description: 'One per line', multiline: true }),
  },
  run({ texts }) {
    return { texts: linesOf(texts) }
  },
})
