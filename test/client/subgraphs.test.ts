import { describe, expect, it } from 'vitest'
import type { Workflow } from '#workflows/format.ts'
import { Draft } from '../../client/document/change.ts'
import { removeNodes } from '../../client/document/edits.ts'
import { insert, pick } from '../../client/document/part.ts'
import { demote, promote } from '../../client/document/promote.ts'
import { canRenamePort, renamePort } from '../../client/document/rename-port.ts'
import { titleCalled } from '../../client/document/scope.ts'
import { withSubgraphs } from '../../client/document/subgraph-info.ts'
import { makeSubgraph, nodesBetween, unpack } from '../../client/document/subgraphs.ts'
import { sweptParams } from '../../client/document/sweep.ts'
import { catalogue, loop } from './workflows.ts'

const at = { x: 100, y: 50 }

function edited(file: Workflow, make: (draft: Draft) => unknown, path: readonly string[] = []): Workflow {
  const draft = new Draft(file, path)
  make(draft)
  return draft.file
}

/** noise ─► [start ─► body] ─► end */
const made = edited(loop, (draft) => makeSubgraph(draft, new Set(['start', 'body']), at, 'Part'))
const inside = ['subgraphs', 'subgraph']

describe('a port of a subgraph', () => {
  const noise = edited(loop, (draft) => makeSubgraph(draft, new Set(['noise']), at, 'Noise'))
  const shown = edited(noise, (top) => promote(top, 'subgraph', 'params', { node: 'noise', port: 'seed' }))
  const used: Workflow = {
    ...shown,
    nodes: { ...shown.nodes, subgraph: { type: 'subgraph/subgraph', values: { seed: 9 } } },
    form: { fields: ['subgraph.seed', 'end.latent'] },
    sweep: { axes: [{ at: 'subgraph.seed', values: [1, 2] }] },
  }

  it('that is renamed keeps its value, its place in the form and in the sweep', () => {
    const renamed = edited(used, (top) => renamePort(top, 'subgraph', 'params', 'seed', 'dice'))
    expect(renamed.subgraphs?.['subgraph']?.params).toEqual({ dice: 'noise.seed' })
    expect(renamed.nodes['subgraph']?.values).toEqual({ dice: 9 })
    expect(renamed.form?.fields).toEqual(['subgraph.dice', 'end.latent'])
    expect(renamed.sweep?.axes[0]?.at).toBe('subgraph.dice')
    expect(edited(renamed, (top) => renamePort(top, 'subgraph', 'params', 'dice', 'seed'))).toEqual(used)
  })

  it('that is renamed keeps its links, those with points and those of a subgraph around it', () => {
    const bent = edited(made, (draft) => draft.put(['view', 'reroutes', 'subgraph.latent'], [[1, 2]]))
    const inner = edited(bent, (top) => {
      renamePort(top, 'subgraph', 'inputs', 'latent', 'from')
      renamePort(top, 'subgraph', 'outputs', 'latent', 'to')
    })
    expect(inner.nodes['subgraph']?.inputs).toEqual({ from: 'noise.latent' })
    expect(inner.nodes['end']?.inputs).toEqual({ latent: 'subgraph.to' })
    expect(inner.view?.reroutes).toEqual({ 'subgraph.from': [[1, 2]] })

    const outer = edited(made, (draft) => makeSubgraph(draft, new Set(['subgraph']), at, 'Around'))
    const around = Object.keys(outer.subgraphs ?? {}).find((name) => name !== 'subgraph') ?? ''
    const deep = edited(outer, (top) => {
      renamePort(top, 'subgraph', 'inputs', 'latent', 'from')
      renamePort(top, 'subgraph', 'outputs', 'latent', 'to')
    })
    expect(deep.subgraphs?.[around]?.inputs).toEqual({ latent: ['subgraph.from'] })
    expect(deep.subgraphs?.[around]?.outputs).toEqual({ latent: 'subgraph.to' })
  })

  it('cannot have the name of another on its side, nor one that is no name', () => {
    const can = (to: string) => canRenamePort(used, 'subgraph', 'params', 'seed', to)
    expect([can('dice'), can('seed'), can(''), can('two words'), can('a.b')]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    expect(canRenamePort(made, 'subgraph', 'inputs', 'latent', 'latent')).toBe(true)
    const two = edited(used, (top) => top.put(['subgraphs', 'subgraph', 'params', 'other'], 'noise.seed'))
    expect(canRenamePort(two, 'subgraph', 'params', 'seed', 'other')).toBe(false)
  })
})

describe('a subgraph', () => {
  it('takes nodes out of the graph and one node stands for them, linked as they were', () => {
    expect(made.nodes['subgraph']).toEqual({ type: 'subgraph/subgraph', inputs: { latent: 'noise.latent' } })
    expect(made.nodes['end']?.inputs).toEqual({ latent: 'subgraph.latent' })
    expect(made.subgraphs?.['subgraph']).toEqual({
      title: 'Part',
      nodes: { start: { type: 'toy/start' }, body: loop.nodes['body'] },
      inputs: { latent: ['start.latent'] },
      outputs: { latent: 'body.latent' },
      view: { nodes: { start: [300, 0], body: [600, 0] } },
    })
  })

  it('is the same graph again when it is unpacked', () => {
    const again = edited(made, (draft) => unpack(draft, 'subgraph'))
    expect(Object.fromEntries(Object.entries(again.nodes).toSorted())).toEqual(
      Object.fromEntries(Object.entries(loop.nodes).toSorted()),
    )
    expect(again.subgraphs).toBeUndefined()
  })

  it('that was muted leaves muted nodes behind when it is unpacked', () => {
    const muted = edited(made, (draft) => draft.put(['nodes', 'subgraph', 'mode'], 'mute'))
    const { nodes } = edited(muted, (draft) => unpack(draft, 'subgraph'))
    expect([nodes['start']?.mode, nodes['body']?.mode, nodes['end']?.mode]).toEqual([
      'mute',
      'mute',
      undefined,
    ])
  })

  it('cannot be made around a node that would feed it and be fed by it', () => {
    expect(nodesBetween(loop, new Set(['noise', 'body']))).toEqual(['start'])
    expect(nodesBetween(loop, new Set(['noise', 'start', 'body']))).toEqual([])
  })

  it('looks from outside like a node with the ports that it shows', () => {
    const info = withSubgraphs(catalogue, made.subgraphs)['subgraph/subgraph']
    expect(info?.title).toBe('Part')
    expect(info?.inputs).toEqual({ latent: { type: 'Latent', optional: false, description: '' } })
    expect(info?.outputs).toEqual({ latent: { type: 'Latent', description: '' } })
  })

  it('holds nodes that are called by their titles wherever they are told of', () => {
    const named = edited(made, (draft) => draft.put(['nodes', 'body', 'title'], 'Body'), inside)
    const told = ['subgraph/body', 'subgraph/start', 'noise', 'subgraph/gone']
    expect(told.map((whole) => titleCalled(named, catalogue, whole))).toEqual([
      'Body',
      'toy/start',
      'toy/noise',
      'subgraph/gone',
    ])
  })

  it('that holds itself ends the search for its ports', () => {
    const ring = edited(made, (draft) => draft.put(['nodes', 'again'], { type: 'subgraph/subgraph' }), inside)
    expect(withSubgraphs(catalogue, ring.subgraphs)['subgraph/subgraph']?.inputs['latent']?.type).toBe(
      'Latent',
    )
  })

  it('shows a value outside that is set for it alone, can be swept, and is handed back when unpacked', () => {
    const noise = edited(loop, (draft) => makeSubgraph(draft, new Set(['noise']), at, 'Noise'))
    const shown = edited(noise, (top) => promote(top, 'subgraph', 'params', { node: 'noise', port: 'seed' }))
    expect(withSubgraphs(catalogue, shown.subgraphs)['subgraph/subgraph']?.params['seed']?.default).toBe(7)
    const swept = sweptParams(shown, withSubgraphs(catalogue, shown.subgraphs)).map(({ at, title }) => [
      at,
      title,
    ])
    expect(swept).toContainEqual(['subgraph.seed', 'Noise · Seed'])
    const set = edited(shown, (draft) => draft.put(['nodes', 'subgraph', 'values', 'seed'], 9))
    const again = edited(set, (draft) => unpack(draft, 'subgraph'))
    expect(again.nodes['noise']?.values).toEqual({ seed: 9 })
  })

  it('hands a value back that is set for it alone in place of the link inside that it hid', () => {
    const fed: Workflow = {
      groundwork: 1,
      nodes: { n: { type: 'toy/int' }, noise: { type: 'toy/noise', inputs: { seed: 'n.value' } } },
    }
    const part = edited(fed, (draft) => makeSubgraph(draft, new Set(['n', 'noise']), at, 'Noise'))
    const shown = edited(part, (top) => promote(top, 'subgraph', 'params', { node: 'noise', port: 'seed' }))
    const set = edited(shown, (draft) => draft.put(['nodes', 'subgraph', 'values', 'seed'], 9))
    expect(edited(set, (draft) => unpack(draft, 'subgraph')).nodes['noise']).toEqual({
      type: 'toy/noise',
      values: { seed: 9 },
    })
    expect(edited(shown, (draft) => unpack(draft, 'subgraph')).nodes['noise']?.inputs).toEqual({
      seed: 'n.value',
    })
  })

  it('loses a port with the links that nodes outside have to it', () => {
    const less = edited(made, (top) => demote(top, 'subgraph', 'outputs', 'latent'))
    expect(less.nodes['end']).toEqual({ type: 'toy/end' })
    expect(less.subgraphs?.['subgraph']?.outputs).toEqual({})
  })

  it('loses the ports of a node that is removed from it', () => {
    const less = edited(made, (draft) => removeNodes(draft, new Set(['start'])), inside)
    expect(less.subgraphs?.['subgraph']?.inputs).toEqual({})
    expect(less.nodes['subgraph']).toEqual({ type: 'subgraph/subgraph' })
  })

  it('inside another keeps what the outer one shows', () => {
    const nested = edited(made, (draft) => makeSubgraph(draft, new Set(['body']), at, 'Inner'), inside)
    expect(nested.subgraphs?.['subgraph']?.outputs).toEqual({ latent: 'subgraph2.latent' })
    const again = edited(nested, (draft) => unpack(draft, 'subgraph2'), inside)
    expect(again.subgraphs?.['subgraph']?.outputs).toEqual({ latent: 'body.latent' })
    expect(Object.keys(again.subgraphs ?? {})).toEqual(['subgraph'])
  })

  it('is copied with the node that stands for it, under a name that is free', () => {
    const part = pick(made, new Set(['subgraph']))
    const other: Workflow = {
      groundwork: 1,
      nodes: {},
      subgraphs: { subgraph: { nodes: { noise: { type: 'toy/noise' } }, inputs: {}, outputs: {} } },
    }
    const pasted = edited(other, (draft) => insert(draft, part, { x: 0, y: 0 }))
    expect(pasted.nodes['subgraph']?.type).toBe('subgraph/subgraph2')
    expect(pasted.subgraphs?.['subgraph2']).toEqual(made.subgraphs?.['subgraph'])
    const twice = edited(pasted, (draft) => insert(draft, pick(pasted, new Set(['subgraph'])), at))
    expect(Object.keys(twice.subgraphs ?? {})).toEqual(['subgraph', 'subgraph2'])
  })
})
