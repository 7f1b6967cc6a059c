import { z } from 'zod'
import { failure } from '#inference/failure.ts'
import { samplers, findSampler } from '#inference/samplers/catalogue.ts'
import { addNoise, startLatent } from '#inference/samplers/schedule.ts'
import type { PlanOptions } from '#inference/samplers/sampler.ts'
import { readyFor } from '../latent-under-way.ts'
import { nameModel } from '../name-model.ts'
import { defineNode } from '../node.ts'
import type { Latent, ModelRef, Step } from '../values.ts'

const schedules = ['model', 'leading', 'linspace', 'trailing', 'karras'] as const

export default defineNode({
  type: 'sampling/steps',
  version: 3,
  title: 'Steps',
  description:
    'Opens the denoising loop: what stands between here and EndSteps runs once per step. ' +
    'With a latent it starts from that picture instead of from nothing.',
  aliases: ['KSampler', 'Denoise'],
  inputs: {
    model: { type: 'Model', description: 'Its scheduler configuration is used' },
    noise: { type: 'Latent', description: 'Unit noise, from LatentNoise' },
    latent: {
      type: 'Latent',
      optional: true,
      description: 'A clean latent to start from, as in image to image',
    },
  },
  outputs: {
    step: { type: 'Step', description: 'The step under way' },
    latent: { type: 'Latent', description: 'The latent at this step' },
  },
  params: {
    sampler: z
      .enum([...samplers.keys()])
      .default('ddim')
      .meta({ title: 'Sampler', description: 'How each step follows from what the network says' }),
    schedule: z.enum(schedules).default('model').meta({
      title: 'Schedule',
      description:
        'How the steps are spread over the noise levels; `model` is what its scheduler file asks for',
    }),
    steps: z
      .int()
      .min(1)
      .max(1000)
      .default(30)
      .meta({ title: 'Steps', description: 'How many', measures: 'times' }),
    strength: z.number().min(0).max(1).default(1).meta({
      title: 'Strength',
      description:
        'With a latent: how much of it is repainted; 0.6 runs the last 60 % of the steps, 0 still one',
      step: 0.01,
    }),
  },
  loop: { role: 'start', each: 'step' },
  async run({ model, noise, latent, sampler, schedule, steps, strength }, context) {
    const { schedulerConfig, limits } = await context.model(model)
    if (latent) {
      checkOrigin(latent, model)
      checkSize(latent, noise, limits.vaeScale)
    }
    const skip = latent ? steps - Math.max(1, Math.round(steps * strength)) : 0
    const plan = findSampler(sampler).plan(schedulerConfig, { steps, skip, ...spreading(schedule) })
    const samples = latent
      ? addNoise(plan, 0, latent.samples, noise.samples)
      : startLatent(plan, noise.samples)
    const total = plan.transitions.length
    const seed = noise.seed ?? 0n
    const step = plan.transitions.map(({ timestep, from }, index): Step => ({
      index,
      total,
      timestep,
      sigma: from,
      schedule: plan,
      seed,
    }))
    return { step, latent: { model, samples, ready: readyFor(plan, 0) } }
  },
})

function spreading(schedule: (typeof schedules)[number]): Pick<PlanOptions, 'spacing' | 'karras'> {
  if (schedule === 'model') return {}
  return schedule === 'karras' ? { karras: true } : { spacing: schedule, karras: false }
}

/** Adapters of one model share its autoencoder, so only another model's latents mean nothing here. */
function checkOrigin({ model: origin }: Latent, model: ModelRef): void {
  if (origin.id !== model.id && origin.hash !== model.hash)
    throw failure`Cannot start from a picture: its latent was made with model ${nameModel(origin)}, the steps use ${nameModel(model)}, wire one model to both`
}

function checkSize(latent: Latent, noise: Latent, vaeScale: number): void {
  const pixels = ({ samples: { shape } }: Latent) => shape.slice(2).map((cells) => cells * vaeScale)
  const [height = 0, width = 0] = pixels(latent)
  const [high = 0, wide = 0] = pixels(noise)
  if (height !== high || width !== wide)
    throw failure`Cannot start from a picture of ${width} × ${height} px: the noise is for ${wide} × ${high}; give LatentNoise the size of the picture, or put a Resize node before VAEEncode`
}
