/** What commands do with subgraphs. */
import { nextTick } from 'vue'
import { subgraphName } from '#workflows/subgraph-shape.ts'
import { demote, promote, type PortKind } from '../document/promote.ts'
import type { PortRef } from '../document/queries.ts'
import { canRenamePort, renamePort } from '../document/rename-port.ts'
import { own } from '../document/record.ts'
import { makeSubgraph, nodesBetween, unpack } from '../document/subgraphs.ts'
import { workflow } from '../document/workflow-document.ts'
import { translate } from '../locales/i18n.ts'
import { useNotices } from '../stores/notices.ts'
import { useSelection } from '../stores/selection.ts'
import { chosenNodes } from './actions.ts'
import { desk } from './desk.ts'
import { boundsOf } from './geometry.ts'

const chosenSubgraph = () =>
  chosenNodes().find((id) => subgraphName(own(workflow.graph.value.nodes, id)?.type ?? '') !== null)

export const hasSubgraph = () => chosenSubgraph() !== undefined
export const isInside = () => workflow.trail.value.length > 0

/** The name of the subgraph that is looked at. */
export const openName = () => workflow.trail.value.at(-1)?.name

export function makeOfChosen(): void {
  const ids = new Set(chosenNodes())
  const [between] = nodesBetween(workflow.graph.value, ids)
  if (between !== undefined) return useNotices().say(translate('subgraph.ring', { node: between }), 'bad')
  const rects = [...ids].flatMap((id) => desk.graph?.rectOf(id) ?? [])
  const bounds = boundsOf(rects) ?? { x: 0, y: 0, width: 0, height: 0 }
  const at = { x: bounds.x + bounds.width / 2 - 124, y: bounds.y + bounds.height / 2 - 60 }
  let made = ''
  workflow.edit('subgraph', (draft) => (made = makeSubgraph(draft, ids, at, translate('subgraph.untitled'))))
  useSelection().set([made])
}

export function unpackChosen(): void {
  const id = chosenSubgraph()
  if (id === undefined) return
  let keys: string[] = []
  workflow.edit('unpack', (draft) => (keys = unpack(draft, id)))
  useSelection().set(keys)
}

export function enter(id = chosenSubgraph()): void {
  if (id === undefined) return
  workflow.enter(id)
  showFrom([])
}

/** Goes out until so many subgraphs are left; what was entered is selected. */
export function leaveTo(depth: number): void {
  const left = workflow.trail.value[depth]
  workflow.leaveTo(depth)
  showFrom(left ? [left.node] : [])
}

export const leave = () => leaveTo(workflow.trail.value.length - 1)

function showFrom(selected: readonly string[]): void {
  useSelection().set(selected)
  void nextTick(() => desk.graph?.fit())
}

/** Shows a node wherever it is, by its name in the whole file: `outer/inner`. */
export function showNode(whole: string): void {
  const path = whole.split('/')
  const id = path.pop() ?? ''
  const trail = workflow.trail.value.map(({ node }) => node)
  if (trail.join('/') !== path.join('/')) {
    workflow.leaveTo(0)
    for (const node of path) workflow.enter(node)
  }
  useSelection().set([id])
  void nextTick(() => desk.graph?.reveal(id))
}

export function promotePort(kind: PortKind, inner: PortRef): void {
  const name = openName()
  if (name !== undefined)
    workflow.edit('ports', (draft) => draft.atTop((top) => void promote(top, name, kind, inner)))
}

export function demotePort(kind: PortKind, port: string): void {
  const name = openName()
  if (name !== undefined)
    workflow.edit('ports', (draft) => draft.atTop((top) => demote(top, name, kind, port)))
}

/** Renames a port of the subgraph that is open; says so where it cannot be called that. */
export function renameOpenPort(kind: PortKind, port: string, to: string): void {
  const name = openName()
  if (name === undefined) return
  if (!canRenamePort(workflow.current.value, name, kind, port, to))
    return useNotices().say(translate('subgraph.badPort', { name: to }), 'bad')
  workflow.edit('ports', (draft) => draft.atTop((top) => renamePort(top, name, kind, port, to)))
}

export function renameOpen(title: string): void {
  const name = openName()
  if (name !== undefined)
    workflow.edit('rename', (draft) =>
      draft.atTop((top) => top.put(['subgraphs', name, 'title'], title.trim().slice(0, 200) || name)),
    )
}
