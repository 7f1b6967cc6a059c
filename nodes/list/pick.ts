import { z } from 'zod'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'list/pick',
  version: 1,
  title: 'Pick',
  description: 'One item of a list.',
  inputs: { list: { type: 'Any', list: true, description: 'Any list' } },
  outputs: { item: { type: 'Any', description: 'The item' } },
  params: {
    index: z.int().min(0).max(63).default(0).meta({ title: 'Index', description: '0 is the first' }),
  },
  run({ list, index }) {
    if (index >= list.length)
      throw new RangeError(
        `Cannot pick item ${index}: the list has ${list.length}, from 0 to ${list.length - 1}`,
      )
    return { item: list[index] }
  },
})
