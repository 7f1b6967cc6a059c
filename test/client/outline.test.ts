import { describe, expect, it } from 'vitest'
import { inRunOrder, rowsOf } from '../../client/outline/rows.ts'
import { catalogue, loop } from './workflows.ts'

describe('the graph as a list', () => {
  it('has each node after what it needs', () => {
    const nodes = Object.fromEntries(Object.entries(loop.nodes).toReversed())
    expect(inRunOrder({ ...loop, nodes })).toEqual(['noise', 'start', 'body', 'end'])
  })

  it('has every node of a ring once', () => {
    const nodes = { ...loop.nodes, noise: { type: 'toy/body', inputs: { latent: 'end.latent' } } }
    expect(inRunOrder({ ...loop, nodes }).toSorted()).toEqual(['body', 'end', 'noise', 'start'])
  })

  it('says of an open node where each input comes from, what each value is, where each output goes', () => {
    const lines = (id: string) =>
      rowsOf(loop, catalogue, new Set([id]))
        .filter((row) => row.id === id && row.part)
        .map(({ part, name, text, at, of }) => `${at}/${of} ${part?.kind} ${name} ${text}`)
    expect(lines('noise')).toEqual(['1/2 param Seed 7', '2/2 output latent → toy/start · latent'])
    expect(lines('body')).toEqual([
      '1/3 input latent ← toy/start · latent',
      '2/3 input step ← toy/start · step',
      '3/3 output latent → toy/end · latent',
    ])
  })

  it('has frames and notes after the nodes, and says at which points a link is bent', () => {
    const view = {
      ...loop.view,
      frames: [{ title: 'Middle', nodes: ['start', 'body'] }],
      notes: {
        idea: { text: '# An\n\nidea', at: [0, 0] as [number, number], size: [1, 1] as [number, number] },
      },
      reroutes: { 'end.latent': [[5, 6] as [number, number]] },
    }
    const rows = rowsOf({ ...loop, view }, catalogue, new Set(['end']))
    const heads = rows.filter(({ part }) => !part)
    expect(heads.slice(-2).map(({ key, name, text, at, of }) => [key, name, text, at, of])).toEqual([
      ['frame:0', 'Middle', 'toy/start, toy/body', 5, 6],
      ['note:idea', '', '# An idea', 6, 6],
    ])
    expect(rows.find(({ key }) => key === 'end/input/latent')?.text).toBe('← toy/body · latent · (5, 6)')
  })

  it('keeps the links of a node that nobody knows', () => {
    const nodes = { ...loop.nodes, end: { type: 'gone/node', inputs: { odd: 'body.latent' } } }
    const rows = rowsOf({ ...loop, nodes }, catalogue, new Set(['end']))
    expect(rows.find(({ key }) => key === 'end/input/odd')?.text).toBe('← toy/body · latent')
  })
})
