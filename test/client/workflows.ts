/** Toy catalogue and workflows of the editor's tests. */
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import type { WireType } from '#nodes/wire-types.ts'
import type { Workflow } from '#workflows/format.ts'
import { Draft } from '../../client/document/change.ts'
import { makeSubgraph } from '../../client/document/subgraphs.ts'

const port = (type: WireType) => ({ type, description: '' })

/** What the server tells of a toy. */
export function toyInfo(type: string, parts: Partial<NodeInfo>): NodeInfo {
  return {
    type,
    version: 1,
    title: type,
    description: '',
    inputs: {},
    outputs: {},
    params: {},
    loop: null,
    sideEffect: false,
    ...parts,
  }
}

const latentIn = { latent: { ...port('Latent'), optional: false } }

export const catalogue: Catalogue = {
  'toy/noise': toyInfo('toy/noise', {
    outputs: { latent: port('Latent') },
    params: { seed: { widget: 'seed', title: 'Seed', description: '', default: 0, wire: 'Int' } },
  }),
  'toy/start': toyInfo('toy/start', {
    inputs: latentIn,
    outputs: { step: port('Step'), latent: port('Latent') },
    loop: { role: 'start', each: 'step' },
  }),
  'toy/body': toyInfo('toy/body', {
    inputs: { ...latentIn, step: { ...port('Step'), optional: true } },
    outputs: { latent: port('Latent') },
  }),
  'toy/end': toyInfo('toy/end', {
    inputs: latentIn,
    outputs: { latent: port('Latent') },
    loop: { role: 'end' },
  }),
  'toy/number': toyInfo('toy/number', { outputs: { value: port('Int') } }),
}

/** noise ─► start ─► body ─► end */
export const loop: Workflow = {
  groundwork: 1,
  nodes: {
    noise: { type: 'toy/noise', values: { seed: 7 } },
    start: { type: 'toy/start', inputs: { latent: 'noise.latent' } },
    body: { type: 'toy/body', inputs: { step: 'start.step', latent: 'start.latent' } },
    end: { type: 'toy/end', inputs: { latent: 'body.latent' } },
  },
  view: { nodes: { noise: [0, 0], start: [300, 0], body: [600, 0], end: [900, 0] } },
}

/** The same with its loop in a subgraph: noise ─► [start ─► body ─► end] */
export const loopInside = (() => {
  const draft = new Draft(loop)
  makeSubgraph(draft, new Set(['start', 'body', 'end']), { x: 300, y: 0 }, 'Loop')
  return draft.file
})()
