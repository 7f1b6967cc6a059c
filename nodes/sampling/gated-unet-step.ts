import { z } from 'zod'
import { failure } from '#inference/failure.ts'
import type { Branch, Model } from '#inference/model.ts'
import { nullGrounding } from '#inference/grounding.ts'
import { gaussian } from '#inference/random.ts'
import { findSampler } from '#inference/samplers/catalogue.ts'
import { scaledInput } from '#inference/samplers/schedule.ts'
import { concatChannels, mapTensor, type Tensor } from '#inference/tensor.ts'
import { drawLatent } from '../draw-latent.ts'
import { checkFinite, checkReady, readyFor } from '../latent-under-way.ts'
import { nameModel } from '../name-model.ts'
import { defineNode } from '../node.ts'
import type { Conditioning, Grounding, Known, Latent, ModelRef } from '../values.ts'

export default defineNode({
  type: 'sampling/gated-unet-step',
  version: 3,
  title: 'GatedUNetStep',
  description:
    'One denoising step: asks the UNet with and without the text, and lets the sampler move the latent. ' +
    'The half without text gets null grounding, as in the paper.',
  aliases: ['KSampler', 'CFG'],
  inputs: {
    model: { type: 'Model', description: 'Its UNet is asked' },
    step: { type: 'Step', description: 'The step under way, from Steps' },
    latent: { type: 'Latent', description: 'The latent before this step' },
    positive: { type: 'Conditioning', description: 'What the picture shows' },
    negative: {
      type: 'Conditioning',
      description: 'What it does not show; an empty text is the usual choice',
    },
    grounding: { type: 'Grounding', optional: true, description: 'What should stand where' },
  },
  outputs: {
    latent: { type: 'Latent', description: 'The latent after this step' },
    denoised: { type: 'Latent', description: 'What the picture would be if it ended here' },
  },
  params: {
    guidance: z.number().min(0).max(30).default(4).meta({
      title: 'Guidance',
      description:
        'How far to go from the unconditional towards the conditional answer; 1 is neither more nor less',
      step: 0.1,
    }),
  },
  async run({ model, step, latent, positive, negative, grounding, guidance }, context) {
    checkSameModel(model, { latent, positive, negative, ...(grounding && { grounding }) })
    checkReady(latent, step)
    const loaded = await context.model(model)
    const { schedule, index, timestep, total, seed } = step
    const sample = withKnown(loaded, scaledInput(schedule, index, latent.samples), latent.known)
    const output = await guided(loaded, { sample, timestep, positive, negative, grounding, guidance })
    const sampler = findSampler(schedule.sampler)
    const moved = sampler.step({
      schedule,
      index,
      sample: latent.samples,
      output,
      ...(latent.history && { history: latent.history }),
      ...(sampler.stochastic && { noise: gaussian(seed, latent.samples.shape, index + 1) }),
    })
    const next: Latent = {
      ...{ model, samples: moved.sample, history: moved.history },
      ready: readyFor(schedule, index + 1),
    }
    checkFinite(next, step)
    const denoised: Latent = { model, samples: moved.denoised }
    const beta = grounding ? grounding.strength : null
    await context.preview(() => drawLatent(loaded, denoised), { step: index, total, beta })
    return { latent: next, denoised }
  },
})

interface Question {
  readonly sample: Tensor
  readonly timestep: number
  readonly positive: Conditioning
  readonly negative: Conditioning
  readonly grounding: Grounding | undefined
  readonly guidance: number
}

/** What the UNet reads: for one trained for inpainting also z₀·m and m (1 = keep), in this order. */
function withKnown({ limits }: Model, sample: Tensor, known: Known | undefined): Tensor {
  if (limits.inChannels === sample.shape[1]) return sample
  if (!known)
    throw failure`Cannot take a step: the model was trained for inpainting and reads what is kept of a picture, put InpaintBlend between Steps and this node, or choose another adapter in LoadModel`
  const { clean, mask } = known
  const kept = mapTensor(clean, (value, i) => value * (mask.data[i % mask.data.length] ?? 0))
  return concatChannels([sample, kept, mask])
}

/** ε_u + g·(ε_c − ε_u), both halves in one run; at g = 1 only the conditional half is asked. */
async function guided(loaded: Model, question: Question): Promise<Tensor> {
  const { sample, timestep, positive, negative, grounding, guidance } = question
  const on = grounding && grounding.strength !== 0 ? grounding : undefined
  const conditional: Branch = {
    context: positive.context,
    ...(on && { grounding: on.inputs, beta: on.strength }),
  }
  const unconditional: Branch = {
    context: negative.context,
    ...(on && { grounding: nullGrounding(on.inputs), beta: on.strength }),
  }
  const branches = guidance === 1 ? [conditional] : [conditional, unconditional]
  const [c, u] = await loaded.denoise({ sample, timestep, branches })
  if (!c) throw new Error('Cannot denoise: the UNet returned nothing')
  if (!u) return c
  return { shape: c.shape, data: c.data.map((value, i) => guide(u.data[i] ?? 0, value, guidance)) }
}

function guide(unconditional: number, conditional: number, guidance: number): number {
  return unconditional + guidance * (conditional - unconditional)
}

/** Tensors of one model mean nothing to another: say so before the UNet finds a wrong width. */
function checkSameModel(model: ModelRef, inputs: Record<string, { readonly model: ModelRef }>): void {
  for (const [name, value] of Object.entries(inputs))
    if (value.model.hash !== model.hash)
      throw failure`Cannot take a step: '${name}' was made with model ${nameModel(value.model)}, the step uses ${nameModel(model)}, wire one model to both`
}
