import { z } from 'zod'
import { defineNode } from '../node.ts'
import { showLeftOut } from '../show-left-out.ts'

export default defineNode({
  type: 'text/encode',
  version: 1,
  title: 'TextEncode',
  description: 'Turns a text into what the cross-attention reads. Runs once: it does not depend on the step.',
  aliases: ['Prompt', 'CLIP Text Encode'],
  inputs: { model: { type: 'Model', description: 'Its text encoder is used' } },
  outputs: { conditioning: { type: 'Conditioning', description: 'The encoded text' } },
  params: {
    text: z
      .string()
      .max(10_000)
      .default('')
      .meta({ title: 'Text', description: 'What the picture shows; empty for no text', multiline: true }),
  },
  async run({ model, text }, context) {
    const [encoded] = await (await context.model(model)).encodeTexts([text])
    if (!encoded) throw new Error('Cannot encode the text: the text encoder returned nothing')
    showLeftOut([encoded], context)
    return { conditioning: { model, context: encoded.context } }
  },
})
