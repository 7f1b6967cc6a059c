/**
 * The graph as lines of text: its nodes in the order in which they run, each with its inputs, values and outputs, then its
 * frames and notes.
 */
import type { Catalogue } from '#nodes/node-info.ts'
import { parseSource, type Workflow } from '#workflows/format.ts'
import { valueOf } from '../document/edits.ts'
import { frameKey, noteKey } from '../document/items.ts'
import { infoOf, linksOf, portTitle, sourcesOf, type PortRef } from '../document/queries.ts'
import { own } from '../document/record.ts'
import { reroutesOf } from '../document/view-edits.ts'

export type PartKind = 'input' | 'param' | 'output'

export interface Row {
  readonly key: string
  readonly kind: 'node' | 'note' | 'frame'
  /** The id of the node or the note, the index of the frame. */
  readonly id: string
  /** A port or parameter of the node; null for the node itself. */
  readonly part: { readonly kind: PartKind; readonly name: string } | null
  readonly name: string
  /** Its value, where it comes from or where it goes; empty where there is nothing. */
  readonly text: string
  readonly at: number
  readonly of: number
}

/** The nodes so that each comes after what it needs; what lies on a ring keeps the order of the file. */
export function inRunOrder(document: Workflow): string[] {
  const ids = Object.keys(document.nodes)
  const done = new Set<string>()
  const order: string[] = []
  const open = new Set<string>()
  function visit(id: string): void {
    if (done.has(id) || open.has(id) || !Object.hasOwn(document.nodes, id)) return
    open.add(id)
    for (const source of sourcesOf(document, id)) visit(source)
    open.delete(id)
    done.add(id)
    order.push(id)
  }
  for (const id of ids) visit(id)
  return order
}

export function titleOf(document: Workflow, catalogue: Catalogue, id: string): string {
  const node = own(document.nodes, id)
  return node?.title ?? infoOf(document, catalogue, id)?.title ?? node?.type ?? id
}

/** What a port is called from elsewhere. */
export function portLabel(
  document: Workflow,
  catalogue: Catalogue,
  { node, port }: PortRef,
  side: 'in' | 'out',
): string {
  const title = portTitle(infoOf(document, catalogue, node), port, side)
  return `${titleOf(document, catalogue, node)} · ${title}`
}

/** Every line, of nodes that are closed only their own. */
export function rowsOf(document: Workflow, catalogue: Catalogue, opened: ReadonlySet<string>): Row[] {
  const title = (id: string) => titleOf(document, catalogue, id)
  const { frames = [], notes = {} } = document.view ?? {}
  const heads: Omit<Row, 'at' | 'of'>[] = [
    ...inRunOrder(document).map((id) => ({ key: id, kind: 'node' as const, id, name: title(id), text: '' })),
    ...frames.map((frame, index) => ({
      key: frameKey(index),
      kind: 'frame' as const,
      id: String(index),
      name: frame.title,
      text: frame.nodes.map(title).join(', '),
    })),
    ...Object.entries(notes).map(([id, { text }]) => ({
      key: noteKey(id),
      kind: 'note' as const,
      id,
      name: '',
      text: showValue(text.replaceAll(/\s+/g, ' ').trim()),
    })),
  ].map((head) => ({ ...head, part: null }))
  return heads.flatMap((head, index) => {
    const row: Row = { ...head, at: index + 1, of: heads.length }
    return row.kind === 'node' && opened.has(row.id) ? [row, ...partsOf(document, catalogue, row.id)] : [row]
  })
}

function partsOf(document: Workflow, catalogue: Catalogue, id: string): Row[] {
  const info = infoOf(document, catalogue, id)
  const node = document.nodes[id]
  if (!node) return []
  const label = (text: string) => {
    const { node: from, output: port } = parseSource(text)
    return portLabel(document, catalogue, { node: from, port }, 'out')
  }
  const parts: { kind: PartKind; name: string; text: string }[] = []
  const strange = Object.keys(node.inputs ?? {}).filter(
    (name) => own(info?.inputs, name) === undefined && own(info?.params, name) === undefined,
  )
  for (const name of [...Object.keys(info?.inputs ?? {}), ...strange]) {
    const source = own(node.inputs, name)
    const text = source === undefined ? '' : `← ${label(source)}`
    parts.push({
      kind: 'input',
      name,
      text: [text, ...pointsOf(document, { node: id, port: name })].join(' · '),
    })
  }
  for (const name of Object.keys(info?.params ?? {})) {
    const source = own(node.inputs, name)
    const text =
      source === undefined && info ? showValue(valueOf(node, info, name)) : `← ${label(source ?? '')}`
    parts.push({ kind: 'param', name, text })
  }
  const readers = linksOf(document).filter(({ from }) => from.node === id)
  const outputs = new Set([...Object.keys(info?.outputs ?? {}), ...readers.map(({ from }) => from.port)])
  for (const name of outputs) {
    const to = readers.filter(({ from }) => from.port === name)
    const text = to.map((link) => `→ ${portLabel(document, catalogue, link.to, 'in')}`).join(', ')
    parts.push({ kind: 'output', name, text })
  }
  return parts.map(({ kind, name, text }, index) => ({
    key: `${id}/${kind}/${name}`,
    kind: 'node',
    id,
    part: { kind, name },
    name: portTitle(info, name, kind === 'output' ? 'out' : 'in'),
    text,
    at: index + 1,
    of: parts.length,
  }))
}

/** The points that a link is bent at, each as a person says it. */
function pointsOf(document: Workflow, to: PortRef): string[] {
  return reroutesOf(document, to).map(({ x, y }) => `(${x}, ${y})`)
}

const longestValue = 80

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}
