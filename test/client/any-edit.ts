/** Edits as random as a person's, for what must hold after all of them. */
import fc from 'fast-check'
import { subgraphName } from '#workflows/subgraph-shape.ts'
import type { Draft } from '../../client/document/change.ts'
import * as edits from '../../client/document/edits.ts'
import { toggleInForm } from '../../client/document/form.ts'
import type { History } from '../../client/document/history.ts'
import { noteKey } from '../../client/document/items.ts'
import { insert, pick } from '../../client/document/part.ts'
import { demote, promote, usersOf, type PortKind } from '../../client/document/promote.ts'
import type { PortRef } from '../../client/document/queries.ts'
import { renamePort } from '../../client/document/rename-port.ts'
import { makeSubgraph, unpack } from '../../client/document/subgraphs.ts'
import { setSweep } from '../../client/document/sweep.ts'
import * as view from '../../client/document/view-edits.ts'

export type Edit = (draft: Draft) => void

const pickId = (draft: Draft, index: number) => {
  const ids = Object.keys(draft.document.nodes)
  return ids[index % Math.max(ids.length, 1)] ?? 'nobody'
}

/** Does something with a node that is there. */
function known(draft: Draft, index: number, act: (id: string) => void): void {
  const id = pickId(draft, index)
  if (Object.hasOwn(draft.document.nodes, id)) act(id)
}

/** A toy has whatever is asked for, a subgraph only what it shows. */
function hasPort(draft: Draft, { node, port }: PortRef, kind: PortKind): boolean {
  const type = draft.document.nodes[node]?.type
  const name = subgraphName(type ?? '')
  if (name === null) return type !== undefined
  return Object.hasOwn(draft.file.subgraphs?.[name]?.[kind] ?? {}, port)
}

const index = fc.nat(20)
const place = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) })

/** Anything that a person can do, on nodes chosen by number so that it makes sense whatever happened before. */
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
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
    const id = pickId(draft, i)
    if (hasPort(draft, { node: id, port: 'seed' }, 'params')) edits.setValue(draft, id, 'seed', value)
  }),
  fc.tuple(index, index).map(([i, j]): Edit => (draft) => {
    const link = {
      from: { node: pickId(draft, i), port: 'latent' },
      to: { node: pickId(draft, j), port: 'latent' },
    }
    if (hasPort(draft, link.from, 'outputs') && hasPort(draft, link.to, 'inputs')) edits.connect(draft, link)
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
        known(draft, i, (id) => {
          const port = { node: id, port: 'latent' }
          if (draft.read(['nodes', id, 'inputs', 'latent'])) view.setReroutes(draft, port, points)
        }),
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
          const port = { node: id, port: kind === 'params' ? 'seed' : 'latent' }
          if (name && hasPort(draft, port, kind)) draft.atTop((top) => void promote(top, name, kind, port))
        }),
  ),
  fc.constantFrom('inputs', 'outputs', 'params').map((kind): Edit => (draft) => {
    const name = draft.at[1]
    if (name) draft.atTop((top) => demote(top, name, kind, kind === 'params' ? 'seed' : 'latent'))
  }),
  fc.constantFrom('inputs', 'outputs', 'params').map((kind): Edit => (draft) => {
    const name = draft.at[1]
    const port = kind === 'params' ? 'seed' : 'latent'
    if (name) draft.atTop((top) => renamePort(top, name, kind, port, `${port}New`))
  }),
  index.map(
    (i): Edit =>
      (draft) =>
        known(draft, i, (id) => {
          const isShown = draft.at.length === 0 && hasPort(draft, { node: id, port: 'seed' }, 'params')
          if (isShown) toggleInForm(draft, id, 'seed')
        }),
  ),
  index.map(
    (i): Edit =>
      (draft) =>
        known(draft, i, (id) => {
          const isSwept = draft.at.length === 0 && hasPort(draft, { node: id, port: 'seed' }, 'params')
          if (isSwept) setSweep(draft, [{ at: `${id}.seed`, values: [1, 2] }])
        }),
  ),
)

/** Every other edit goes into a subgraph, where there is one. */
export function edit(history: History, step: Edit, count: number): void {
  const [name] = Object.keys(history.document.subgraphs ?? {})
  const user = name !== undefined && usersOf(history.document, name).find(({ at }) => at.length === 0)
  history.edit('step', step, user && count % 2 ? [{ node: user.id, name: name ?? '' }] : [])
}
