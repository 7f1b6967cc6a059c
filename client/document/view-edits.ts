/** Edits of what is cosmetic: places, frames, notes, colours, reroute points. */
import type { ViewColour, WorkflowFrame } from '#workflows/format.ts'
import type { Draft } from './change.ts'
import { freshName } from './fresh-name.ts'
import { itemOf } from './items.ts'
import { linksOf, positionOf, type Point, type PortRef } from './queries.ts'
import { own } from './record.ts'

type Place = [number, number]

const placeOf = ({ x, y }: Point): Place => [Math.round(x), Math.round(y)]
const portName = ({ node, port }: PortRef) => `${node}.${port}`

export function placeNode(draft: Draft, id: string, at: Point): void {
  draft.put(['view', 'nodes', id], placeOf(at))
}

/** More nodes than this are put as one change: each change copies the record of all places. */
const fewNodes = 16

export function placeNodes(draft: Draft, places: ReadonlyMap<string, Point>): void {
  if (places.size <= fewNodes) {
    for (const [id, at] of places) placeNode(draft, id, at)
    return
  }
  const next = Object.fromEntries([...places].map(([id, at]) => [id, placeOf(at)]))
  draft.put(['view', 'nodes'], { ...draft.document.view?.nodes, ...next })
}

/** Moves nodes, notes and reroute points; a link whose both ends move takes its points along. */
export function shiftItems(draft: Draft, keys: Iterable<string>, dx: number, dy: number): void {
  const moved = new Set(keys)
  const nodes = new Map<string, Point>()
  for (const key of moved) {
    const item = itemOf(key)
    if (item.kind === 'node' && Object.hasOwn(draft.document.nodes, key)) {
      const { x, y } = positionOf(draft.document, key)
      nodes.set(key, { x: x + dx, y: y + dy })
    } else if (item.kind === 'note') shiftNote(draft, item.id, dx, dy)
  }
  if (nodes.size > 0) placeNodes(draft, nodes)
  shiftReroutes(draft, moved, dx, dy)
}

function shiftNote(draft: Draft, id: string, dx: number, dy: number): void {
  const at = own(draft.document.view?.notes, id)?.at
  if (at) draft.put(['view', 'notes', id, 'at'], [Math.round(at[0] + dx), Math.round(at[1] + dy)])
}

function shiftReroutes(draft: Draft, moved: ReadonlySet<string>, dx: number, dy: number): void {
  const reroutes = draft.document.view?.reroutes
  if (!reroutes) return
  const carried = new Set(
    linksOf(draft.document)
      .filter(({ from, to }) => moved.has(from.node) && moved.has(to.node))
      .map(({ to }) => portName(to)),
  )
  for (const [port, points] of Object.entries(reroutes)) {
    const next = points.map(([x, y], index): Place => {
      const moves = carried.has(port) || moved.has(`reroute:${index}:${port}`)
      return moves ? [Math.round(x + dx), Math.round(y + dy)] : [x, y]
    })
    draft.put(['view', 'reroutes', port], next)
  }
}

/** The points that the link into `to` passes through; none takes them away. */
export function setReroutes(draft: Draft, to: PortRef, points: readonly Point[]): void {
  const path = ['view', 'reroutes', portName(to)]
  if (points.length > 0) draft.put(path, points.map(placeOf))
  else draft.drop(path)
}

export function reroutesOf(document: Draft['document'], to: PortRef): Point[] {
  return (reroutesAt(document, to) ?? []).map(([x, y]) => ({ x, y }))
}

/** The same as they stand in the file. */
export function reroutesAt(document: Draft['document'], to: PortRef): readonly Place[] | undefined {
  return own(document.view?.reroutes, portName(to))
}

/** Drops everything that the view says of nodes. */
export function forgetNodes(draft: Draft, ids: ReadonlySet<string>): void {
  const view = draft.document.view
  const frames = view?.frames
  if (frames?.some((frame) => frame.nodes.some((id) => ids.has(id))))
    setFrames(
      draft,
      frames
        .map((frame) => ({ ...frame, nodes: frame.nodes.filter((id) => !ids.has(id)) }))
        .filter((frame) => frame.nodes.length > 0),
    )
  setCollapsed(
    draft,
    (view?.collapsed ?? []).filter((id) => !ids.has(id)),
  )
  for (const port of Object.keys(view?.reroutes ?? {}))
    if (ids.has(port.slice(0, port.indexOf('.')))) draft.drop(['view', 'reroutes', port])
  for (const id of ids) {
    draft.drop(['view', 'colours', id])
    draft.drop(['view', 'nodes', id])
  }
}

function setFrames(draft: Draft, frames: readonly WorkflowFrame[]): void {
  draft.put(['view', 'frames'], frames)
}

/** Draws a frame with a title around nodes; the same nodes framed again lose their frame. */
export function toggleFrame(draft: Draft, ids: readonly string[], title: string): void {
  const frames = draft.document.view?.frames ?? []
  const same = (nodes: readonly string[]) =>
    nodes.length === ids.length && ids.every((id) => nodes.includes(id))
  const others = frames.filter((frame) => !same(frame.nodes))
  setFrames(draft, others.length < frames.length ? others : [...frames, { title, nodes: [...ids] }])
}

export function setFrameTitle(draft: Draft, index: number, title: string): void {
  changeFrame(draft, index, (frame) => ({ ...frame, title: title.slice(0, 200) }))
}

/** Colours a frame; null gives it back its own. */
export function setFrameColour(draft: Draft, index: number, colour: ViewColour | null): void {
  changeFrame(draft, index, ({ title, nodes }) => ({ title, nodes, ...(colour && { colour }) }))
}

/** Which nodes a frame holds; it goes with the last of them. */
export function setFrameNodes(draft: Draft, index: number, nodes: readonly string[]): void {
  if (nodes.length === 0) removeFrame(draft, index)
  else changeFrame(draft, index, (frame) => ({ ...frame, nodes: [...nodes] }))
}

export function removeFrame(draft: Draft, index: number): void {
  setFrames(draft, (draft.document.view?.frames ?? []).toSpliced(index, 1))
}

function changeFrame(draft: Draft, index: number, change: (frame: WorkflowFrame) => WorkflowFrame): void {
  const frames = draft.document.view?.frames ?? []
  setFrames(
    draft,
    frames.map((frame, place) => (place === index ? change(frame) : frame)),
  )
}

/** Shows only the headers of nodes; where all of them are collapsed already, they open. */
export function toggleCollapsed(draft: Draft, ids: readonly string[]): void {
  const collapsed = draft.document.view?.collapsed ?? []
  const others = collapsed.filter((id) => !ids.includes(id))
  const all = ids.every((id) => collapsed.includes(id))
  setCollapsed(draft, all ? others : [...others, ...ids])
}

function setCollapsed(draft: Draft, ids: readonly string[]): void {
  if (ids.length > 0) draft.put(['view', 'collapsed'], ids)
  else draft.drop(['view', 'collapsed'])
}

/** Colours nodes and notes; null gives them back their own. */
export function setColour(draft: Draft, keys: Iterable<string>, colour: ViewColour | null): void {
  for (const key of keys) {
    const item = itemOf(key)
    if (item.kind !== 'node' && item.kind !== 'note') continue
    const path = item.kind === 'note' ? ['view', 'notes', item.id, 'colour'] : ['view', 'colours', item.id]
    if (draft.read(path.slice(0, -1)) === undefined && item.kind === 'note') continue
    if (colour) draft.put(path, colour)
    else draft.drop(path)
  }
}

const noteSize: Place = [240, 120]
const leastNote: Point = { x: 120, y: 60 }

/** Adds a note and gives its id. */
export function addNote(draft: Draft, at: Point, text: string, size: Place = noteSize): string {
  const id = freshName('note', (name) => own(draft.document.view?.notes, name) !== undefined)
  draft.put(['view', 'notes', id], { text, at: placeOf(at), size })
  return id
}

export function setNoteText(draft: Draft, id: string, text: string): void {
  draft.put(['view', 'notes', id, 'text'], text)
}

export function resizeNote(draft: Draft, id: string, { x, y }: Point): void {
  draft.put(
    ['view', 'notes', id, 'size'],
    placeOf({ x: Math.max(x, leastNote.x), y: Math.max(y, leastNote.y) }),
  )
}

export function removeNote(draft: Draft, id: string): void {
  draft.drop(['view', 'notes', id])
}
