import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Draft } from '../../client/document/change.ts'
import * as edits from '../../client/document/edits.ts'
import { History } from '../../client/document/history.ts'
import { noteKey } from '../../client/document/items.ts'
import { insert, pick } from '../../client/document/part.ts'
import { demote, promote, usersOf } from '../../client/document/promote.ts'
import { makeSubgraph, unpack } from '../../client/document/subgraphs.ts'
import * as view from '../../client/document/view-edits.ts'
import { loop } from './workflows.ts'

type Edit = (draft: Draft) => void

const pickId = (draft: Draft, index: number) => {
  const ids = Object.keys(draft.document.nodes)
  return ids[index % Math.max(ids.length, 1)] ?? 'nobody'
}

/** Does something with a node that is there. */
function known(draft: Draft, index: number, act: (id: string) => void): void {
  const id = pickId(draft, index)
  if (Object.hasOwn(draft.document.nodes, id)) act(id)
}

const index = fc.nat(20)
const place = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) })

/** Anything that a person can do, on nodes chosen by number so that it makes sense whatever happened before. */
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  place.map(
    (at): Edit =>
      (draft) =>
        void edits.addNode(draft, 'toy/body', at),
  ),
  index.map(
    (i): Edit =>
      (draft) =>
        edits.removeNodes(draft, new Set([pickId(draft, i)])),
  ),
  fc.tuple(index, fc.jsonValue()).map(([i, value]): Edit => (draft) => {
    if (Object.hasOwn(draft.document.nodes, pickId(draft, i)))
      edits.setValue(draft, pickId(draft, i), 'seed', value)
  }),
  fc.tuple(index, index).map(([i, j]): Edit => (draft) => {
    const to = pickId(draft, j)
    if (Object.hasOwn(draft.document.nodes, to))
      edits.connect(draft, {
        from: { node: pickId(draft, i), port: 'latent' },
        to: { node: to, port: 'latent' },
      })
  }),
  index.map(
    (i): Edit =>
      (draft) =>
        edits.disconnect(draft, { to: { node: pickId(draft, i), port: 'latent' } }),
  ),
  fc.tuple(index, place).map(
    ([i, { x, y }]): Edit =>
      (draft) =>
        view.shiftItems(draft, [pickId(draft, i)], x, y),
  ),
  fc.string().map(
    (name): Edit =>
      (draft) =>
        edits.setName(draft, name),
  ),
  index.map(
    (i): Edit =>
      (draft) =>
        view.toggleFrame(draft, [pickId(draft, i)], 'frame'),
  ),
  index.map(
    (i): Edit =>
      (draft) =>
        void insert(draft, pick(draft.document, new Set([pickId(draft, i)]), 'all'), {
          x: 9,
          y: 9,
        }),
  ),
  fc.tuple(index, fc.constantFrom('mute', 'bypass')).map(
    ([i, mode]): Edit =>
      (draft) =>
        known(draft, i, (id) => edits.toggleMode(draft, [id], mode)),
  ),
  index.map(
    (i): Edit =>
      (draft) =>
        known(draft, i, (id) => view.toggleCollapsed(draft, [id])),
  ),
  fc.tuple(index, fc.constantFrom('red', 'teal', null)).map(
    ([i, colour]): Edit =>
      (draft) =>
        known(draft, i, (id) => view.setColour(draft, [id, noteKey('note')], colour)),
  ),
  fc.tuple(place, fc.string()).map(
    ([at, text]): Edit =>
      (draft) =>
        void view.addNote(draft, at, text),
  ),
  fc.constant((draft: Draft) => view.removeNote(draft, 'note')),
  fc.tuple(index, fc.array(place, { maxLength: 3 })).map(
    ([i, points]): Edit =>
      (draft) =>
        known(draft, i, (id) => view.setReroutes(draft, { node: id, port: 'latent' }, points)),
  ),
  fc.tuple(fc.nat(3), fc.string()).map(
    ([i, title]): Edit =>
      (draft) =>
        view.setFrameTitle(draft, i, title),
  ),
  fc.nat(3).map(
    (i): Edit =>
      (draft) =>
        view.removeFrame(draft, i),
  ),
  fc.tuple(index, index, place).map(
    ([i, j, at]): Edit =>
      (draft) =>
        known(draft, i, (id) => void makeSubgraph(draft, new Set([id, pickId(draft, j)]), at, 'part')),
  ),
  index.map(
    (i): Edit =>
      (draft) =>
        known(draft, i, (id) => void unpack(draft, id)),
  ),
  fc.tuple(index, fc.constantFrom('inputs', 'outputs', 'params')).map(
    ([i, kind]): Edit =>
      (draft) =>
        known(draft, i, (id) => {
          const name = draft.at[1]
          if (name) draft.atTop((top) => void promote(top, name, kind, { node: id, port: 'latent' }))
        }),
  ),
  fc.constantFrom('inputs', 'outputs').map((kind): Edit => (draft) => {
    const name = draft.at[1]
    if (name) draft.atTop((top) => demote(top, name, kind, 'latent'))
  }),
)

/** Every other edit goes into a subgraph, where there is one. */
function edit(history: History, step: Edit, count: number): void {
  const [name] = Object.keys(history.document.subgraphs ?? {})
  const user = name !== undefined && usersOf(history.document, name).find(({ at }) => at.length === 0)
  history.edit('step', step, user && count % 2 ? [{ node: user.id, name: name ?? '' }] : [])
}

const bytes = (history: History) => JSON.stringify(history.document)

describe('history', () => {
  it('gives back the first document byte for byte when everything is undone', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 25 }), (steps) => {
        const history = new History(loop)
        steps.forEach((step, count) => edit(history, step, count))
        while (history.undo());
        expect(bytes(history)).toBe(JSON.stringify(loop))
      }),
    )
  })

  it('comes to the same document again when everything is redone', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 25 }), (steps) => {
        const history = new History(loop)
        steps.forEach((step, count) => edit(history, step, count))
        const last = bytes(history)
        while (history.undo());
        while (history.redo());
        expect(bytes(history)).toBe(last)
      }),
    )
  })

  it('takes back a gesture of any edits at once', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { minLength: 1, maxLength: 12 }), (steps) => {
        const history = new History(loop)
        history.begin('gesture')
        steps.forEach((step, count) => edit(history, step, count))
        history.end()
        history.undo()
        expect(bytes(history)).toBe(JSON.stringify(loop))
        expect(history.undoLabel).toBeNull()
      }),
    )
  })

  it('keeps of a long drag only where it began and ended', () => {
    const history = new History(loop)
    history.begin('move')
    for (let i = 0; i < 100; i++)
      history.edit('move', (draft) => view.shiftItems(draft, ['noise', 'end'], 1, 2))
    history.end()
    expect(history.document.view?.nodes?.['noise']).toEqual([100, 200])
    history.undo()
    expect(history.document).toEqual(loop)
    history.redo()
    expect(history.document.view?.nodes?.['end']).toEqual([1000, 200])
  })

  it('makes no entry of an edit that changes nothing', () => {
    const history = new History(loop)
    history.edit('value', (draft) => edits.setValue(draft, 'noise', 'seed', 7))
    expect(history.undoLabel).toBeNull()
  })

  it('restores the document when a gesture is cancelled', () => {
    const history = new History(loop)
    history.begin('move')
    history.edit('move', (draft) => view.shiftItems(draft, ['noise'], 5, 5))
    history.edit('value', (draft) => edits.setValue(draft, 'noise', 'seed', 8))
    history.cancel()
    expect(bytes(history)).toBe(JSON.stringify(loop))
  })
})
