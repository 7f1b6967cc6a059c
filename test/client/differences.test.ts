import { describe, expect, it } from 'vitest'
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import type { ModelInfo } from '#workflows/protocol.ts'
import { differences, stamped } from '../../client/files/differences.ts'
import { catalogue as toys, loop } from './workflows.ts'

const model = (id: string, hash: string): ModelInfo => ({
  id,
  hash,
  kind: 'gated',
  bytes: 1,
  size: 64,
  cell: 4,
  grounds: [],
  adapters: [],
  detector: false,
})
const load = toys['toy/number']
if (!load) throw new Error('The toy catalogue has no number')
const catalogue: Catalogue = {
  ...toys,
  'model/load': {
    ...load,
    type: 'model/load',
    params: {
      model: {
        widget: 'choice',
        title: 'Model',
        description: '',
        default: 'small',
        wire: null,
        choices: ['small'],
      },
    },
  },
}
const here = [model('small', 'aaaa')]
const naming = (name: string): Workflow => ({
  ...loop,
  nodes: { ...loop.nodes, model: { type: 'model/load', values: { model: name } } },
})

describe('a workflow from elsewhere', () => {
  it('differs in nothing on the machine that made it', () => {
    expect(differences(stamped(naming('small'), catalogue, here), catalogue, here)).toEqual([])
  })

  it('names the model that is not here, and where it is used', () => {
    const file = stamped(naming('large'), catalogue, [...here, model('large', 'bbbb')])
    expect(differences(file, catalogue, here)).toEqual([
      { kind: 'no-model', model: 'large', hash: 'bbbb', params: ['model.model'] },
    ])
  })

  it('names the adapter that is asked for by name and is not here, or has other weights', () => {
    const param = catalogue['model/load']?.params['model']
    if (!param) throw new Error('The toy catalogue names no model')
    const params = { model: param, adapter: { ...param, choices: [] } }
    const adapting = { ...catalogue, 'model/load': { ...load, type: 'model/load', params } }
    const posed = (hash: string) => ({
      ...model('small', 'aaaa'),
      adapters: [{ name: 'pose', title: '', kind: 'gated' as const, grounds: [], hash }],
    })
    const nodes = { model: { type: 'model/load', values: { model: 'small', adapter: 'pose' } } }
    const file = stamped({ ...loop, nodes }, adapting, [posed('cccc')])
    expect(file.madeWith?.adapters).toEqual({ 'small/pose': 'cccc' })
    const about = { model: 'small', adapter: 'pose', params: ['model.adapter'] }
    expect(differences(file, adapting, [posed('cccc')])).toEqual([])
    expect(differences(file, adapting, here)).toEqual([{ kind: 'no-adapter', ...about }])
    expect(differences(file, adapting, [posed('dddd')])).toEqual([
      { kind: 'adapter-hash', ...about, hash: 'cccc', here: 'dddd' },
    ])
  })

  it('names both hashes of a model with other weights', () => {
    const file = stamped(naming('small'), catalogue, [model('small', 'bbbb')])
    expect(differences(file, catalogue, here)).toEqual([
      { kind: 'model-hash', model: 'small', hash: 'bbbb', here: 'aaaa', params: ['model.model'] },
    ])
  })

  it('names a node type of another version, and one that is not here', () => {
    const file = stamped(loop, catalogue, here)
    const body = catalogue['toy/body']
    if (!body) throw new Error('The toy catalogue has no body')
    const others = Object.fromEntries(Object.entries(catalogue).filter(([type]) => type !== 'toy/end'))
    const found = differences(file, { ...others, 'toy/body': { ...body, version: 2 } }, here)
    expect(found).toEqual([
      { kind: 'node-version', type: 'toy/body', version: 1, here: 2, nodes: ['body'] },
      { kind: 'no-node', type: 'toy/end', version: 1, nodes: ['end'] },
    ])
  })

  it('without a note of what made it differs only in what is missing', () => {
    expect(differences(naming('large'), catalogue, here)).toEqual([
      { kind: 'no-model', model: 'large', hash: null, params: ['model.model'] },
    ])
    expect(differences(naming('small'), catalogue, here)).toEqual([])
  })
})
