/** Parts of a workflow, as they are copied, duplicated and pasted, also between windows. */
import { parseSource, type Workflow, type WorkflowView } from '#workflows/format.ts'
import { subgraphType } from '#workflows/subgraph-shape.ts'
import type { Draft } from './change.ts'
import { freshId } from './edits.ts'
import { freshName } from './fresh-name.ts'
import { itemOf, noteKey } from './items.ts'
import { positionOf, type Point } from './queries.ts'
import { own, sameJson } from './record.ts'
import { subgraphsIn } from './subgraphs-in.ts'
import { addNote, placeNode, setColour, toggleCollapsed } from './view-edits.ts'

/** A workflow of only these nodes and notes; `links` says whether links from outside stay. */
export function pick(
  document: Workflow,
  keys: ReadonlySet<string>,
  links: 'inner' | 'all' = 'inner',
): Workflow {
  const inner = (text: string) => links === 'all' || keys.has(parseSource(text).node)
  const nodes = Object.entries(document.nodes)
    .filter(([id]) => keys.has(id))
    .map(([id, { inputs, ...node }]) => {
      const kept = Object.entries(inputs ?? {}).filter(([, text]) => inner(text))
      return [id, { ...node, ...(kept.length > 0 && { inputs: Object.fromEntries(kept) }) }]
    })
  const picked: Workflow['nodes'] = Object.fromEntries(nodes)
  const used = subgraphsIn(document, picked)
  const subgraphs = Object.entries(document.subgraphs ?? {}).filter(([name]) => used.has(name))
  return {
    groundwork: 1,
    nodes: picked,
    ...(subgraphs.length > 0 && { subgraphs: Object.fromEntries(subgraphs) }),
    view: pickView(document, keys, picked),
  }
}

function pickView({ view }: Workflow, keys: ReadonlySet<string>, picked: Workflow['nodes']): WorkflowView {
  const only = <T>(record: Readonly<Record<string, T>> | undefined, has: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => has(name)))
  const isIn = (id: string) => keys.has(id)
  const collapsed = (view?.collapsed ?? []).filter(isIn)
  const colours = only(view?.colours, isIn)
  const frames = (view?.frames ?? []).filter(({ nodes }) => nodes.every(isIn))
  const notes = only(view?.notes, (id) => keys.has(noteKey(id)))
  const reroutes = only(view?.reroutes, (text) => {
    const { node, output: port } = parseSource(text)
    return own(own(picked, node)?.inputs, port) !== undefined
  })
  return {
    nodes: only(view?.nodes, isIn),
    ...(collapsed.length > 0 && { collapsed }),
    ...(Object.keys(colours).length > 0 && { colours }),
    ...(frames.length > 0 && { frames }),
    ...(Object.keys(notes).length > 0 && { notes }),
    ...(Object.keys(reroutes).length > 0 && { reroutes }),
  }
}

/** Adds what another workflow holds under fresh names, moved by `offset`. Gives the new items. */
export function insert(draft: Draft, part: Workflow, offset: Point): string[] {
  const names = new Map<string, string>()
  const types = insertSubgraphs(draft, part.subgraphs ?? {})
  for (const [id, node] of Object.entries(part.nodes)) {
    const name = freshId(draft.document, id)
    names.set(id, name)
    const type = types.get(node.type) ?? node.type
    draft.put(['nodes', name], { ...node, type, ...(node.inputs && { inputs: {} }) })
    const { x, y } = positionOf(part, id)
    placeNode(draft, name, { x: x + offset.x, y: y + offset.y })
  }
  for (const [id, { inputs }] of Object.entries(part.nodes)) {
    const name = names.get(id) ?? id
    for (const [port, text] of Object.entries(inputs ?? {})) insertLink(draft, names, name, port, text)
    if (inputs && Object.keys(own(draft.document.nodes, name)?.inputs ?? {}).length === 0)
      draft.drop(['nodes', name, 'inputs'])
  }
  return [...names.values(), ...insertView(draft, part.view ?? {}, names, offset)]
}

/** Adds subgraphs that the file has not got yet, under names that are free; gives the types that changed with them. */
function insertSubgraphs(draft: Draft, subgraphs: NonNullable<Workflow['subgraphs']>): Map<string, string> {
  const isSame = (name: string) => sameJson(own(draft.file.subgraphs, name), own(subgraphs, name))
  const missing = Object.keys(subgraphs).filter((name) => !isSame(name))
  const names = new Map<string, string>()
  const isTaken = (name: string) =>
    own(draft.file.subgraphs, name) !== undefined || [...names.values()].includes(name)
  for (const name of missing) names.set(name, freshName(name, isTaken))
  const types = new Map([...names].map(([old, name]) => [subgraphType(old), subgraphType(name)]))
  draft.atTop((top) => {
    for (const [old, name] of names) {
      const { nodes = {}, ...rest } = own(subgraphs, old) ?? { inputs: {}, outputs: {} }
      const renamed = Object.entries(nodes).map(([id, node]) => {
        return [id, { ...node, type: types.get(node.type) ?? node.type }]
      })
      top.put(['subgraphs', name], { ...rest, nodes: Object.fromEntries(renamed) })
    }
  })
  return types
}

function insertLink(
  draft: Draft,
  names: ReadonlyMap<string, string>,
  to: string,
  port: string,
  text: string,
): void {
  const { node, output } = parseSource(text)
  const source = names.get(node) ?? node
  if (Object.hasOwn(draft.document.nodes, source))
    draft.put(['nodes', to, 'inputs', port], `${source}.${output}`)
}

/** Gives the keys of the notes that were added. */
function insertView(
  draft: Draft,
  view: WorkflowView,
  names: ReadonlyMap<string, string>,
  { x: dx, y: dy }: Point,
): string[] {
  const named = (id: string) => names.get(id) ?? []
  const collapsed = (view.collapsed ?? []).flatMap(named)
  if (collapsed.length > 0) toggleCollapsed(draft, collapsed)
  for (const [id, colour] of Object.entries(view.colours ?? {})) {
    const name = names.get(id)
    if (name !== undefined) setColour(draft, [name], colour)
  }
  const frames = (view.frames ?? []).map((frame) => ({ ...frame, nodes: frame.nodes.flatMap(named) }))
  const full = frames.filter(({ nodes }) => nodes.length > 0)
  if (full.length > 0) draft.put(['view', 'frames'], [...(draft.document.view?.frames ?? []), ...full])
  for (const [port, points] of Object.entries(view.reroutes ?? {})) {
    const { node, output } = parseSource(port)
    const name = names.get(node)
    if (name !== undefined && draft.read(['nodes', name, 'inputs', output]) !== undefined)
      draft.put(
        ['view', 'reroutes', `${name}.${output}`],
        points.map(([x, y]) => [x + dx, y + dy]),
      )
  }
  return Object.values(view.notes ?? {}).map(({ text, at, size, colour }) => {
    const key = noteKey(addNote(draft, { x: at[0] + dx, y: at[1] + dy }, text, size))
    if (colour) setColour(draft, [key], colour)
    return key
  })
}

/** What a key of the selection still stands for. */
export function isThere(document: Workflow, key: string): boolean {
  const item = itemOf(key)
  switch (item.kind) {
    case 'node':
      return Object.hasOwn(document.nodes, item.id)
    case 'note':
      return own(document.view?.notes, item.id) !== undefined
    case 'link':
      return own(own(document.nodes, item.to.node)?.inputs, item.to.port) !== undefined
    case 'reroute':
      return own(document.view?.reroutes, `${item.to.node}.${item.to.port}`)?.[item.index] !== undefined
  }
}
