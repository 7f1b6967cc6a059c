import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/die',
  version: 1,
  title: 'ToyDie',
  description: 'Ends its process as an out-of-memory killer would.',
  inputs: {},
  outputs: {},
  params: {},
  sideEffect: true,
  async run() {
    process.kill(process.pid, 'SIGKILL')
    return new Promise<never>(() => undefined)
  },
})
