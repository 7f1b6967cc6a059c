import { expect, it } from 'vitest'
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow, WorkflowNode } from '#workflows/format.ts'
import { drawnIn } from '../../client/canvas/drawn-in.ts'
import { Draft } from '../../client/document/change.ts'
import { makeSubgraph } from '../../client/document/subgraphs.ts'
import { toyInfo } from './workflows.ts'

const catalogue: Catalogue = {
  'toy/plain': toyInfo('toy/plain', {}),
  'toy/boxes': toyInfo('toy/boxes', {
    params: { boxes: { widget: 'boxes', title: '', description: '', default: [], wire: null } },
  }),
}

const box = (phrase: string, rest: Partial<WorkflowNode> = {}): WorkflowNode => ({
  type: 'toy/boxes',
  values: { boxes: [{ phrase, box: [0, 0, 0.5, 0.5] }] },
  ...rest,
})
const take = (...sources: string[]): WorkflowNode => ({
  type: 'toy/plain',
  inputs: Object.fromEntries(sources.map((source, index) => [`in${index}`, `${source}.out`])),
})

/** house ─► step ─► save;  bypassed tree ─► step;  sun ─► other;  cloud alone */
const workflow: Workflow = {
  groundwork: 1,
  nodes: {
    house: box('house'),
    tree: box('tree', { mode: 'bypass' }),
    sun: box('sun'),
    cloud: box('cloud'),
    step: take('house', 'tree'),
    save: take('step'),
    other: take('sun'),
  },
}
const phrasesIn = (maker: string, file = workflow) =>
  drawnIn(file, catalogue, maker).boxes.map(({ phrase }) => phrase)

function grouped(file: Workflow, ...ids: string[]): Workflow {
  const draft = new Draft(file)
  makeSubgraph(draft, new Set(ids), { x: 0, y: 0 }, '')
  return draft.file
}

it('boxes over a picture are those that lead to it, without those of nodes that did not run', () => {
  expect(phrasesIn('save')).toEqual(['house'])
  expect(phrasesIn('other')).toEqual(['sun'])
})

it('boxes over a picture are there whatever subgraphs they and what draws it stand in', () => {
  const planned = grouped(workflow, 'house', 'sun')
  expect(phrasesIn('save', planned)).toEqual(['house'])
  const drawn = grouped(planned, 'step', 'save')
  expect(phrasesIn('subgraph2/save', drawn)).toEqual(['house'])
  expect(phrasesIn('other', drawn)).toEqual(['sun'])
})
