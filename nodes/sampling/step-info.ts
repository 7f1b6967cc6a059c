import { z } from 'zod'
import { wholeSteps } from '../gate-strength.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'sampling/step-info',
  version: 1,
  title: 'StepInfo',
  description:
    'Says which step of the loop is under way, so that a Switch can take one branch in the first steps and another after them.',
  inputs: { step: { type: 'Step', description: 'The step under way, from Steps' } },
  outputs: {
    index: { type: 'Int', description: 'Its number; 0 is the first' },
    progress: { type: 'Float', description: 'The fraction of the steps that is done before it' },
    isBefore: { type: 'Bool', description: 'Whether it is one of the steps before the change' },
  },
  params: {
    at: z.number().min(0).max(1).default(0.5).meta({
      title: 'At',
      description: 'Fraction of the steps before the change, counted as τ is',
      step: 0.01,
    }),
  },
  run({ step: { index, total }, at }) {
    return { index, progress: index / total, isBefore: index < wholeSteps(at, total) }
  },
})
