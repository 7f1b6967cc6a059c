/** Scheduled sampling of GLIGEN (arXiv 2301.07093, §3.4): β = 1, then a linear decay, then 0. */
import { z } from 'zod'
import { gateStrength } from '../gate-strength.ts'
import { defineNode } from '../node.ts'

const fraction = z.number().min(0).max(1)

export default defineNode({
  type: 'grounding/cutoff-switch',
  version: 2,
  title: 'CutoffSwitch',
  description:
    'Grounding for the first part of the steps, then plain diffusion: layout first, then fidelity to the text.',
  inputs: {
    grounding: { type: 'Grounding', description: 'What should stand where' },
    step: { type: 'Step', description: 'The step that asks' },
  },
  outputs: {
    grounding: { type: 'Grounding', description: 'The same, with the gate strength β of this step' },
    beta: { type: 'Float', description: 'β of this step' },
  },
  params: {
    on: fraction.default(0.3).meta({
      title: 'τ',
      description: 'Fraction of the steps with full grounding',
      step: 0.01,
      stage: 'on',
    }),
    decay: fraction.default(0).meta({
      title: 'Decay',
      description: 'Fraction of the steps in which β falls to 0; the rest runs without gated layers',
      step: 0.01,
      stage: 'decay',
    }),
    strength: z.number().min(0).max(2).default(1).meta({
      title: 'β',
      description: 'Strength of the gated layers while they are fully on; 1 is as trained',
      step: 0.05,
    }),
  },
  run({ grounding, step, on, decay, strength: full }) {
    const strength = grounding.strength * full * gateStrength(step.index, step.total, { on, decay })
    return { grounding: { ...grounding, strength }, beta: strength }
  },
})
