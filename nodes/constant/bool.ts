import { z } from 'zod'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'constant/bool',
  version: 1,
  title: 'Bool',
  description: 'Yes or no that several nodes can share.',
  inputs: {},
  outputs: { value: { type: 'Bool', description: 'The value' } },
  params: { value: z.boolean().default(false).meta({ title: 'Value', description: 'Yes or no' }) },
  run({ value }) {
    return { value }
  },
})
