/** The catalogue of the toy drawer, with nodes of the field's shapes beside it: what the editor and the validator see. */
import { z } from 'zod'
import { boxesSchema } from '#nodes/boxes.ts'
import { defineNode } from '#nodes/node.ts'
import type { Catalogue } from '#nodes/node-info.ts'
import { seed } from '#nodes/seed.ts'
import { catalogueOf } from '#server/registry.ts'
import { toys } from './toy-nodes.ts'

const never = () => {
  throw new Error('Cannot run: this node is only looked at')
}

const fieldNodes = [
  defineNode({
    type: 'toy/model',
    version: 1,
    title: 'LoadModel',
    description: 'Names a model.',
    inputs: {},
    outputs: { model: { type: 'Model', description: 'the model' } },
    params: { model: z.string().default('small').meta({ choices: 'models' }) },
    run: never,
  }),
  defineNode({
    type: 'toy/box',
    version: 1,
    title: 'BoxGrounding',
    description: 'Says what stands where.',
    inputs: { model: { type: 'Model', description: 'a model' } },
    outputs: { grounding: { type: 'Grounding', description: 'what stands where' } },
    params: { boxes: boxesSchema.default([]).meta({ widget: 'boxes' }) },
    run: never,
  }),
  defineNode({
    type: 'toy/decode',
    version: 1,
    title: 'Decode',
    description: 'Makes a picture of a latent.',
    inputs: { latent: { type: 'Latent', description: 'a latent' } },
    outputs: { image: { type: 'Image', description: 'the picture' } },
    params: {},
    run: never,
  }),
  defineNode({
    type: 'toy/noise',
    version: 1,
    title: 'Noise',
    description: 'Gives noise.',
    inputs: {},
    outputs: { latent: { type: 'Latent', description: 'noise' } },
    params: { seed: seed.meta({ widget: 'seed' }) },
    run: never,
  }),
  defineNode({
    type: 'toy/settings',
    version: 1,
    title: 'Settings',
    description: 'Has one parameter of every kind.',
    inputs: {},
    outputs: {},
    params: {
      steps: z.int().min(1).max(100).default(20),
      tau: z.number().min(0).max(1).default(0.3),
      on: z.boolean().default(true),
      sampler: z.enum(['ddim', 'euler']).default('ddim'),
      name: z.string().default('picture'),
      picture: z.string().default('').meta({ widget: 'picture' }),
    },
    run: never,
  }),
]

export const toyCatalogue: Catalogue = catalogueOf(toys(() => fieldNodes).registry, {
  models: ['small', 'large'],
  adapters: ['boxes'],
})
