import { z } from 'zod'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'constant/int',
  version: 1,
  title: 'Int',
  description: 'A whole number that several nodes can share.',
  inputs: {},
  outputs: { value: { type: 'Int', description: 'The value' } },
  params: { value: z.int().default(0).meta({ title: 'Value', description: 'A whole number' }) },
  run({ value }) {
    return { value }
  },
})
