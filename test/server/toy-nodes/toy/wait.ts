import { setImmediate } from 'node:timers/promises'
import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/wait',
  version: 1,
  title: 'ToyWait',
  description: 'Goes on until the job is cancelled.',
  inputs: {},
  outputs: {},
  params: {},
  sideEffect: true,
  async run(_values, context) {
    while (!context.signal.aborted) await setImmediate()
    return {}
  },
})
