import { describe, expect, it } from 'vitest'
import type { Workflow } from '#workflows/format.ts'
import { Draft } from '../../client/document/change.ts'
import { checkLink } from '../../client/document/check-link.ts'
import { addNode, freshId, removeNodes, setValue } from '../../client/document/edits.ts'
import { insert, pick } from '../../client/document/part.ts'
import { loopRegions } from '../../client/document/queries.ts'
import { toggleFrame } from '../../client/document/view-edits.ts'
import { catalogue, loop } from './workflows.ts'

function edited(make: (draft: Draft) => void): Workflow {
  const draft = new Draft(loop)
  make(draft)
  return draft.document
}

describe('edits', () => {
  it('remove a node together with its place and every link from it', () => {
    const { nodes, view } = edited((draft) => removeNodes(draft, new Set(['noise'])))
    expect(nodes['start']).toEqual({ type: 'toy/start' })
    expect(Object.keys(view?.nodes ?? {})).toEqual(['start', 'body', 'end'])
  })

  it('make no node out of a value that comes when its node is gone', () => {
    expect(edited((draft) => setValue(draft, 'gone', 'image', 'cat'))).toBe(loop)
  })

  it('name a new node after its type, and number what is taken', () => {
    expect(freshId(loop, 'sampling/gated-unet-step')).toBe('gatedUnetStep')
    expect(freshId(loop, 'toy/noise')).toBe('noise2')
    expect(freshId(loop, 'toy/9 lives')).toBe('node')
  })

  it('are safe with names that every object knows', () => {
    const { nodes } = edited((draft) => {
      draft.put(['nodes', 'constructor'], { type: 'toy/body' })
      draft.put(['nodes', 'constructor', 'inputs', '__proto__'], 'noise.latent')
      addNode(draft, 'toy/constructor', { x: 0, y: 0 })
    })
    expect(Object.keys(nodes)).toEqual(['noise', 'start', 'body', 'end', 'constructor', 'constructor2'])
    expect(Object.keys(nodes['constructor']?.inputs ?? {})).toEqual(['__proto__'])
  })

  it('paste a part under fresh names, linked among itself as it was', () => {
    const part = pick(loop, new Set(['start', 'body']))
    const { nodes } = edited((draft) => insert(draft, part, { x: 10, y: 20 }))
    expect(nodes['start2']).toEqual({ type: 'toy/start' })
    expect(nodes['body2']?.inputs).toEqual({ step: 'start2.step', latent: 'start2.latent' })
  })

  it('duplicate a part with its links from outside', () => {
    const part = pick(loop, new Set(['start']), 'all')
    const { nodes } = edited((draft) => insert(draft, part, { x: 0, y: 0 }))
    expect(nodes['start2']?.inputs).toEqual({ latent: 'noise.latent' })
  })

  it('frame nodes, and unframe them when asked again', () => {
    const framed = edited((draft) => toggleFrame(draft, ['noise', 'start'], 'a'))
    expect(framed.view?.frames).toEqual([{ title: 'a', nodes: ['noise', 'start'] }])
    const draft = new Draft(framed)
    toggleFrame(draft, ['start', 'noise'], 'b')
    expect(draft.document.view?.frames).toEqual([])
  })
})

describe('a link', () => {
  const from = (node: string, port = 'latent') => ({ node, port })

  it('fits where the types agree', () => {
    expect(checkLink(loop, catalogue, { from: from('noise'), to: from('end') })).toEqual({ code: 'fits' })
  })

  it('may feed a parameter that takes a wire', () => {
    const draft = new Draft(loop)
    const number = addNode(draft, 'toy/number', { x: 0, y: 0 })
    const link = { from: from(number, 'value'), to: from('noise', 'seed') }
    expect(checkLink(draft.document, catalogue, link)).toEqual({ code: 'fits' })
  })

  it('is refused with both types where they differ', () => {
    const link = { from: from('start', 'step'), to: from('end') }
    expect(checkLink(loop, catalogue, link)).toEqual({ code: 'wrong-type', from: 'Step', to: 'Latent' })
  })

  it('is refused with the way round where it would close a ring', () => {
    const link = { from: from('end'), to: from('start') }
    expect(checkLink(loop, catalogue, link)).toEqual({
      code: 'ring',
      path: ['start', 'body', 'end', 'start'],
    })
  })

  it('is refused at ports that nobody knows', () => {
    const link = { from: from('noise', 'toString'), to: from('end') }
    expect(checkLink(loop, catalogue, link)).toEqual({ code: 'unknown-port' })
  })
})

describe('loop regions', () => {
  it('hold what lies between a start and its end', () => {
    expect(loopRegions(loop, catalogue)).toEqual([
      { start: 'start', end: 'end', nodes: ['start', 'body', 'end'] },
    ])
  })

  it('are told apart where one loop follows another', () => {
    const two = edited((draft) => {
      insert(draft, pick(loop, new Set(['start', 'body', 'end'])), { x: 0, y: 300 })
      draft.put(['nodes', 'start2', 'inputs', 'latent'], 'end.latent')
    })
    const regions = loopRegions(two, catalogue).map(({ start, end }) => [start, end])
    expect(regions).toEqual([
      ['start', 'end'],
      ['start2', 'end2'],
    ])
  })

  it('are found inside one another', () => {
    const nested = edited((draft) => {
      insert(draft, pick(loop, new Set(['start', 'end'])), { x: 0, y: 300 })
      draft.put(['nodes', 'start2', 'inputs', 'latent'], 'start.latent')
      draft.put(['nodes', 'end2', 'inputs', 'latent'], 'start2.latent')
      draft.put(['nodes', 'body', 'inputs', 'latent'], 'end2.latent')
    })
    const regions = loopRegions(nested, catalogue).map(({ start, end }) => [start, end])
    expect(regions).toEqual([
      ['start2', 'end2'],
      ['start', 'end'],
    ])
  })
})
