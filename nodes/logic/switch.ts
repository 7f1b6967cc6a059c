import { z } from 'zod'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'logic/switch',
  version: 1,
  title: 'Switch',
  description: 'Takes one of two branches; what feeds the other one does not run.',
  inputs: {
    whenTrue: { type: 'Any', lazy: true, description: 'Taken when the switch is on' },
    whenFalse: { type: 'Any', lazy: true, description: 'Taken when it is off' },
  },
  outputs: { value: { type: 'Any', description: 'What the branch taken gives' } },
  params: { bool: z.boolean().default(true).meta({ title: 'On', description: 'Which branch is taken' }) },
  needs({ bool }) {
    return [bool ? 'whenTrue' : 'whenFalse']
  },
  run({ bool, whenTrue, whenFalse }) {
    return { value: bool ? whenTrue : whenFalse }
  },
})
