import { defineNode } from '../node.ts'

export default defineNode({
  type: 'sampling/end-steps',
  version: 1,
  title: 'EndSteps',
  description: 'Closes the denoising loop: gives the latent of the last step.',
  inputs: { latent: { type: 'Latent', description: 'The latent after this step' } },
  outputs: { latent: { type: 'Latent', description: 'The final, clean latent' } },
  params: {},
  loop: { role: 'end' },
  run({ latent: { model, samples } }) {
    return { latent: { model, samples } }
  },
})
