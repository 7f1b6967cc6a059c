import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/hang',
  version: 1,
  title: 'ToyHang',
  description: 'Blocks its process for ever, as a native call can.',
  inputs: {},
  outputs: {},
  params: {},
  sideEffect: true,
  run() {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) === 'ok' ? {} : {}
  },
})
