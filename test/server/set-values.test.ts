import { describe, expect, it } from 'vitest'
import type { Catalogue, ParamInfo, Widget } from '#nodes/node-info.ts'
import { setValues } from '#server/cli/set-values.ts'
import { workflowOf } from './helpers/toy-server.ts'

const param = (widget: Widget): ParamInfo => ({
  widget,
  title: widget,
  description: '',
  default: null,
  wire: null,
})
const widgets = ['int', 'float', 'text', 'bool', 'choice', 'seed', 'boxes', 'keypoints', 'picture'] as const

const catalogue: Catalogue = {
  'toy/all': {
    ...{
      type: 'toy/all',
      version: 1,
      title: 'All',
      description: '',
      inputs: {},
      outputs: {},
      loop: null,
      sideEffect: false,
    },
    params: Object.fromEntries(widgets.map((widget) => [widget, param(widget)])),
  },
}

const workflow = {
  ...workflowOf({
    all: { type: 'toy/all', values: { int: 1 }, inputs: { float: 'other.value' } },
    part: { type: 'subgraph/part' },
    more: { type: 'toy/all' },
  }),
  subgraphs: {
    part: {
      nodes: workflowOf({ inner: { type: 'toy/all' } }).nodes,
      inputs: {},
      outputs: {},
      params: { size: 'inner.int' },
    },
  },
  sweep: { axes: [{ at: 'more.choice', values: ['ddim', 'euler'] }] },
}

async function set(...settings: string[]) {
  const importPicture = (path: string) => Promise.resolve(`imported ${path}`)
  const changed = await setValues(workflow, settings, { catalogue, importPicture })
  return changed.nodes['all']?.values
}

describe('--set', () => {
  it.each([
    ['int=-3', { int: -3 }],
    ['text=a = b', { text: 'a = b' }],
    ['text=', { text: '' }],
    ['bool=true', { bool: true }],
    ['choice=ddim', { choice: 'ddim' }],
    ['seed=7', { seed: 7 }],
    ['seed=18446744073709551615', { seed: '18446744073709551615' }],
    ['boxes=[{"phrase":"a cat","box":[0,0,1,1]}]', { boxes: [{ phrase: 'a cat', box: [0, 0, 1, 1] }] }],
    ['picture=photo.jpg', { picture: 'imported photo.jpg' }],
    [`picture=${'a'.repeat(64)}`, { picture: 'a'.repeat(64) }],
  ])('reads %s as its widget would', async (setting, values) => {
    expect(await set(`all.${setting}`)).toEqual({ int: 1, ...values })
  })

  it('reads a parameter that a subgraph shows as the node inside would', async () => {
    const context = { catalogue, importPicture: (path: string) => Promise.resolve(path) }
    const { nodes } = await setValues(workflow, ['part.size=5'], context)
    expect(nodes['part']?.values).toEqual({ size: 5 })
  })

  it('leaves the workflow it was given as it is', async () => {
    await set('all.int=2')
    expect(workflow.nodes['all']?.values).toEqual({ int: 1 })
  })

  it.each([
    ['all.int=1.5', "Cannot set 'all.int' to '1.5': it must be a whole number"],
    ['all.seed=-1', "Cannot set 'all.seed' to '-1': it must be a whole number, 0 or more"],
    ['all.bool=yes', "Cannot set 'all.bool' to 'yes': it must be 'true' or 'false'"],
    [
      'all.boxes=[',
      'Cannot set \'all.boxes\' to \'[\': it must be JSON, such as \'[{"phrase":"a cat","box":[0.1,0.2,0.5,0.9]}]\'',
    ],
    ['al.int=1', "Cannot set 'al.int': the workflow has no node 'al', did you mean 'all'?"],
    ['all.ind=1', "Cannot set 'all.ind': node 'all' (toy/all) has no parameter 'ind', did you mean 'int'?"],
    [
      'all.float=1',
      "Cannot set 'all.float': it is fed by the link from 'other.value', set that node instead",
    ],
    [
      'more.choice=lms',
      "Cannot set 'more.choice': it is swept over 'ddim', 'euler', change the sweep in the file instead",
    ],
    ['part.size=x', "Cannot set 'part.size' to 'x': it must be a whole number"],
    [
      'part.sise=1',
      "Cannot set 'part.sise': node 'part' (subgraph/part) has no parameter 'sise', did you mean 'size'?",
    ],
    [
      'all.constructor=1',
      "Cannot set 'all.constructor': node 'all' (toy/all) has no parameter 'constructor'",
    ],
    ['seed=1', "Cannot read --set 'seed=1': it must be of the form node.name=value"],
  ])('refuses %s', async (setting, message) => {
    await expect(set(setting)).rejects.toThrow(message)
  })
})
