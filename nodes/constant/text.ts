import { z } from 'zod'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'constant/text',
  version: 1,
  title: 'Text',
  description: 'A text that several nodes can share.',
  inputs: {},
  outputs: { value: { type: 'Text', description: 'The value' } },
  params: {
    value: z
      .string()
      .max(10_000)
      .default('')
      .meta({ title: 'Value', description: 'A text', multiline: true }),
  },
  run({ value }) {
    return { value }
  },
})
