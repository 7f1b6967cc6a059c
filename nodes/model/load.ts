import { z } from 'zod'
import { defineNode } from '../node.ts'

const hashForm = 'must be 64 hexadecimal digits, or empty'

export default defineNode({
  type: 'model/load',
  version: 2,
  title: 'LoadModel',
  description:
    'A model of this machine, by its id: a folder in diffusers format below `models/`. ' +
    'An adapter puts gated layers into its UNet: what it can be grounded by.',
  aliases: ['Checkpoint'],
  inputs: {},
  outputs: { model: { type: 'Model', description: 'The model, for every node that needs one' } },
  params: {
    model: z.string().max(200).default('emoji-world').meta({
      title: 'Model',
      description: 'Id of a model found on this machine',
      choices: 'models',
    }),
    adapter: z.string().max(64).default('auto').meta({
      title: 'Adapter',
      description: '`auto` is the first one that the model has, `none` the model alone',
      choices: 'adapters',
    }),
    hash: z
      .string()
      .regex(/^([0-9a-f]{64})?$/, hashForm)
      .default('')
      .meta({
        form: hashForm,
        title: 'Hash',
        description: 'Content hash the file was made with; empty accepts any',
      }),
  },
  volatile: true,
  waits: true,
  async run({ model, adapter, hash }, context) {
    return { model: await context.findModel(model, { adapter, ...(hash !== '' && { hash }) }) }
  },
})
