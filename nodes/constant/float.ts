import { z } from 'zod'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'constant/float',
  version: 1,
  title: 'Float',
  description: 'A number that several nodes can share.',
  inputs: {},
  outputs: { value: { type: 'Float', description: 'The value' } },
  params: { value: z.number().default(0).meta({ title: 'Value', description: 'A number' }) },
  run({ value }) {
    return { value }
  },
})
