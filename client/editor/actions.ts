/** What commands do to the selection. */
import type { ViewColour } from '#workflows/format.ts'
import { useCanvas } from '../canvas/canvas-store.ts'
import { drawnParam } from '../canvas/drawn-param.ts'
import { disconnect, removeNodes, toggleMode, type Mode } from '../document/edits.ts'
import type { Draft } from '../document/change.ts'
import { parseWorkflow, serialise } from '../document/file.ts'
import { frameKey, itemOf, noteKey, rerouteKey, type Item } from '../document/items.ts'
import { insert, isThere, pick } from '../document/part.ts'
import { infoOf, linksOf, type Point } from '../document/queries.ts'
import { own } from '../document/record.ts'
import {
  addNote,
  removeFrame,
  removeNote,
  reroutesOf,
  setColour,
  setFrameColour,
  setReroutes,
  shiftItems,
  toggleCollapsed,
  toggleFrame,
} from '../document/view-edits.ts'
import { workflow } from '../document/workflow-document.ts'
import { translate } from '../locales/i18n.ts'
import { useNotices } from '../stores/notices.ts'
import { useSelection } from '../stores/selection.ts'
import { align, distribute, neighbour, type Axis, type Direction, type Edge, type Placed } from './align.ts'
import { catalogue } from './catalogue.ts'
import { readClipboard, writeClipboard } from './clipboard.ts'
import { showKey } from './command.ts'
import { desk, renaming, type Target } from './desk.ts'
import { boundsOf } from './geometry.ts'
import { middleCurve } from './links.ts'

const pasteShift = 32

/** What is selected and still there. */
export function chosen(): string[] {
  return [...useSelection().ids].filter((key) => isThere(workflow.graph.value, key))
}

export function chosenNodes(): string[] {
  return chosen().filter((key) => itemOf(key).kind === 'node')
}

export function selectAll(): void {
  const { nodes, view } = workflow.graph.value
  useSelection().set([...Object.keys(nodes), ...Object.keys(view?.notes ?? {}).map(noteKey)])
}

export function removeChosen(): void {
  const keys = chosen()
  const items = keys.map(itemOf)
  workflow.edit('remove', (draft) => {
    // Points of one link from the last to the first, so that none changes its number before its turn.
    for (const item of items.toSorted((a, b) => indexOf(b) - indexOf(a))) removeItem(draft, item)
    removeNodes(draft, new Set(items.flatMap((item) => (item.kind === 'node' ? item.id : []))))
  })
  useSelection().set([])
}

const indexOf = (item: Item) => (item.kind === 'reroute' ? item.index : -1)

function removeItem(draft: Draft, item: Item): void {
  if (item.kind === 'note') removeNote(draft, item.id)
  if (item.kind === 'link') disconnect(draft, item)
  if (item.kind === 'reroute')
    setReroutes(draft, item.to, reroutesOf(draft.document, item.to).toSpliced(item.index, 1))
}

/** Removes every link to and from the selected nodes. */
export function unlinkChosen(): void {
  const ids = new Set(chosenNodes())
  const links = linksOf(workflow.graph.value).filter(({ from, to }) => ids.has(from.node) || ids.has(to.node))
  workflow.edit('unlink', (draft) => links.forEach((link) => disconnect(draft, link)))
}

export function duplicateChosen(): void {
  const part = pick(workflow.graph.value, new Set(chosen()), 'all')
  add('duplicate', part, { x: pasteShift, y: pasteShift })
}

function add(label: string, part: ReturnType<typeof pick>, offset: Point): void {
  let added: string[] = []
  workflow.edit(label, (draft) => (added = insert(draft, part, offset)))
  useSelection().set(added)
}

/** The selected nodes and notes as text for the clipboard; null where there is none. */
export function copyText(): string | null {
  const keys = chosen().filter((key) => ['node', 'note'].includes(itemOf(key).kind))
  return keys.length > 0 ? serialise(pick(workflow.graph.value, new Set(keys))) : null
}

export function sayCopied(): void {
  const { length: count } = chosen()
  useNotices().say(translate('notice.copied', { count }))
}

/** Copies by the clipboard of the browser: for menus, which get no clipboard event. */
export async function copyChosen(): Promise<boolean> {
  const text = copyText()
  if (text === null) return false
  const isCopied = await writeClipboard(text)
  if (isCopied) sayCopied()
  else useNotices().say(translate('notice.noCopy', { keys: showKey('Ctrl+C') }), 'bad')
  return isCopied
}

export async function cutChosen(): Promise<void> {
  if (await copyChosen()) removeChosen()
}

export async function pasteHere(target?: Target): Promise<void> {
  const text = await readClipboard()
  if (text === null) useNotices().say(translate('notice.noClipboard', { keys: showKey('Ctrl+V') }), 'bad')
  else pasteText(text, target?.at ?? null)
}

/** Adds what a text from the clipboard holds, with its upper left corner at a point. */
export function pasteText(text: string, at: Point | null): void {
  try {
    const part = parseWorkflow('clipboard', text)
    add('paste', part, offsetTo(part, at))
  } catch {
    useNotices().say(translate('notice.notNodes'), 'bad')
  }
}

function offsetTo({ view }: ReturnType<typeof pick>, at: Point | null): Point {
  const places = [
    ...Object.values(view?.nodes ?? {}),
    ...Object.values(view?.notes ?? {}).map((note) => note.at),
  ]
  const bounds = boundsOf(places.map(([x, y]) => ({ x, y, width: 0, height: 0 })))
  return bounds && at ? { x: at.x - bounds.x, y: at.y - bounds.y } : { x: pasteShift, y: pasteShift }
}

export function frameChosen(): void {
  const ids = chosenNodes()
  if (ids.length > 0) workflow.edit('frame', (draft) => toggleFrame(draft, ids, translate('node.frame')))
}

export function unframe({ index }: Target = { place: 'frame', at: { x: 0, y: 0 } }): void {
  if (index !== undefined) workflow.edit('frame', (draft) => removeFrame(draft, index))
}

export function modeChosen(mode: Mode): void {
  const ids = chosenNodes()
  workflow.edit(mode, (draft) => toggleMode(draft, ids, mode))
}

export function collapseChosen(): void {
  const ids = chosenNodes()
  if (ids.length > 0) workflow.edit('collapse', (draft) => toggleCollapsed(draft, ids))
}

export function colourChosen(colour: ViewColour | null, target: Target): void {
  workflow.edit('colour', (draft) => {
    if (target.place === 'frame' && target.index !== undefined) setFrameColour(draft, target.index, colour)
    else setColour(draft, chosen(), colour)
  })
}

export function noteHere(target?: Target): void {
  const at = target?.at ?? desk.graph?.here() ?? { x: 0, y: 0 }
  let id = ''
  workflow.edit('note', (draft) => (id = addNote(draft, at, '')))
  useSelection().set([noteKey(id)])
  renaming.value = noteKey(id)
}

export function renameChosen(target?: Target): void {
  if (target?.place === 'frame') renaming.value = frameKey(target.index ?? 0)
  else renaming.value = chosen().find((key) => ['node', 'note'].includes(itemOf(key).kind)) ?? null
}

export function chosenLink(): string | undefined {
  return chosen().find((key) => itemOf(key).kind === 'link')
}

/** Adds a point to the selected link: where the menu was opened on it, or else in its middle. */
export function rerouteHere(target?: Target): void {
  const key = chosenLink()
  const item = key === undefined ? null : itemOf(key)
  const at = target?.at ?? (key === undefined ? null : desk.graph?.rectOf(key))
  if (item?.kind !== 'link' || !at) return
  const points = reroutesOf(workflow.graph.value, item.to).length
  addReroute(item.to, target?.index ?? middleCurve(points), at)
}

export function addReroute(to: { node: string; port: string }, index: number, at: Point): void {
  workflow.edit('reroute', (draft) =>
    setReroutes(draft, to, reroutesOf(draft.document, to).toSpliced(index, 0, at)),
  )
  useSelection().set([rerouteKey(to, index)])
}

function placed(keys: readonly string[]): Placed[] {
  return keys.flatMap((key) => {
    const rect = desk.graph?.rectOf(key)
    return rect ? [{ key, rect }] : []
  })
}

export function alignChosen(edge: Edge): void {
  moveEach('align', align(placed(chosen()), edge))
}

export function distributeChosen(axis: Axis): void {
  moveEach('align', distribute(placed(chosen()), axis))
}

export function moveEach(label: string, moves: ReadonlyMap<string, Point>): void {
  workflow.edit(label, (draft) => {
    for (const [key, { x, y }] of moves) if (x !== 0 || y !== 0) shiftItems(draft, [key], x, y)
  })
}

export function nudge(dx: number, dy: number): void {
  workflow.edit('move', (draft) => shiftItems(draft, chosen(), dx, dy))
}

/** Selects what lies next in a direction, and shows it. */
export function walk(direction: Direction): void {
  const [from] = chosenNodes()
  const next = ahead(from, direction, from === undefined ? [] : [from])
  if (next === undefined) return
  useSelection().set([next])
  desk.graph?.reveal(next)
}

/** Adds what lies next in a direction to what is selected, from the node that was added last, and shows it. */
export function extend(direction: Direction): void {
  const nodes = chosenNodes()
  const next = ahead(nodes.at(-1), direction, nodes)
  if (next === undefined) return
  useSelection().add([next])
  desk.graph?.reveal(next)
}

/** The node that one comes to from another, none of those that are left out; the first where one comes from nowhere. */
function ahead(
  from: string | undefined,
  direction: Direction,
  without: readonly string[],
): string | undefined {
  const others = Object.keys(workflow.graph.value.nodes).filter((id) => !without.includes(id))
  const rect = from === undefined ? null : desk.graph?.rectOf(from)
  return rect ? (neighbour(placed(others), rect, direction) ?? undefined) : others[0]
}

/** Opens what is selected for editing. */
export function editChosen(): void {
  const [id] = chosenNodes()
  if (id === undefined) renameChosen()
  else editNode(id)
}

/** Opens a node for editing: what is drawn on it, large beside the graph, or else the first field of its card. */
export function editNode(id: string): void {
  const graph = workflow.graph.value
  const param = drawnParam(infoOf(graph, catalogue.value, id), own(graph.nodes, id))
  if (param === undefined) {
    desk.graph?.reveal(id)
    focusOn(
      `[data-node="${id}"] :is([role=spinbutton], input, textarea, select, button):not([tabindex="-1"])`,
    )
  } else {
    useCanvas().open({ node: id, param })
    focusOn(`[data-place="${id}.${param}"] [role=group][tabindex]`)
  }
}

/** Puts the focus on what may be on the page only some frames later. */
function focusOn(what: string, frames = 60): void {
  const found = document.querySelector<HTMLElement>(what)
  if (found) found.focus()
  else if (frames > 0) requestAnimationFrame(() => focusOn(what, frames - 1))
}
