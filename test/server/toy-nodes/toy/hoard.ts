import { z } from 'zod'
import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/hoard',
  version: 1,
  title: 'ToyHoard',
  description: 'Takes memory outside the heap, then blocks its process, as a native call can.',
  inputs: {},
  outputs: {},
  params: { mebibytes: z.int().min(1).max(1024).default(1) },
  sideEffect: true,
  run({ mebibytes }) {
    const hoard = Buffer.alloc(mebibytes * 2 ** 20, 1)
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) === 'ok' ? { hoard } : {}
  },
})
