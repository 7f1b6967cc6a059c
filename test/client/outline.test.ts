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
        .filter(({ node, part }) => node === id && part)
        .map(({ part, name, text, at, of }) => `${at}/${of} ${part?.kind} ${name} ${text}`)
    expect(lines('noise')).toEqual(['1/2 param Seed 7', '2/2 output latent → toy/start · latent'])
    expect(lines('body')).toEqual([
      '1/3 input latent ← toy/start · latent',
      '2/3 input step ← toy/start · step',
      '3/3 output latent → toy/end · latent',
    ])
  })

  it('keeps the links of a node that nobody knows', () => {
    const nodes = { ...loop.nodes, end: { type: 'gone/node', inputs: { odd: 'body.latent' } } }
    const rows = rowsOf({ ...loop, nodes }, catalogue, new Set(['end']))
    expect(rows.find(({ key }) => key === 'end/input/odd')?.text).toBe('← toy/body · latent')
  })
})
