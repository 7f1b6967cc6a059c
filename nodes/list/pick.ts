import { z } from 'zod'
import { failure } from '#inference/failure.ts'
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
    if (list.length === 0) throw failure`Cannot pick item ${index}: the list is empty, fill it`
    if (index >= list.length)
      throw failure`Cannot pick item ${index}: the list has ${list.length}, from 0 to ${list.length - 1}`
    return { item: list[index] }
  },
})
