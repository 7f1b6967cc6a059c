import { z } from 'zod'
import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/text',
  version: 1,
  title: 'ToyText',
  description: 'Shows a text.',
  inputs: {},
  outputs: { text: { type: 'Text', description: 'The text' } },
  params: { text: z.string().default('hello') },
  run({ text }, context) {
    context.showValue(text)
    return { text }
  },
})
