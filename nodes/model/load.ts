import { z } from 'zod'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'model/load',
  version: 1,
  title: 'LoadModel',
  description: 'A model of this machine, by its id: a folder in diffusers format below `models/`.',
  inputs: {},
  outputs: { model: { type: 'Model', description: 'The model, for every node that needs one' } },
  params: {
    model: z.string().max(200).default('emoji-world').meta({
      title: 'Model',
      description: 'Id of a model found on this machine',
      choices: 'models',
    }),
    hash: z
      .string()
      .regex(/^([0-9a-f]{64})?$/, 'must be 64 hexadecimal digits, or empty')
      .default('')
      .meta({ title: 'Hash', description: 'Content hash the file was made with; empty accepts any' }),
  },
  async run({ model, hash }, context) {
    return { model: await context.findModel(model, hash === '' ? undefined : hash) }
  },
})
