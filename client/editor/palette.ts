/** Which nodes the palette offers, in which order. */
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import { canConnect, type WireType } from '#nodes/wire-types.ts'
import type { ThroughPorts } from '../document/edits.ts'
import type { Socket } from './sockets.ts'

/** Not a node, but people look for it among them. No type is called so: a type has a folder. */
export const noteEntry = 'note'

/** The port of a new node that a link from `origin` should end at; inputs come before linkable parameters. */
export function portThatFits(
  info: NodeInfo,
  origin: Pick<Socket, 'side'>,
  type: WireType | undefined,
): string | null {
  if (!type) return null
  if (origin.side === 'in') {
    const outputs = Object.entries(info.outputs)
    return outputs.find(([, output]) => canConnect(output.type, type))?.[0] ?? null
  }
  const inputs = Object.entries(info.inputs).toSorted(
    ([, a], [, b]) => Number(a.optional) - Number(b.optional),
  )
  const input = inputs.find(([, { type: to }]) => canConnect(type, to))
  const param = Object.entries(info.params).find(([, { wire }]) => wire && canConnect(type, wire))
  return input?.[0] ?? param?.[0] ?? null
}

/** The ports by which a node can stand in a link of this type: it takes what comes, and gives what goes on. */
export function portsThrough(
  info: NodeInfo,
  from: WireType | undefined,
  to: WireType | undefined,
): ThroughPorts | null {
  const input = portThatFits(info, { side: 'out' }, from)
  const output = portThatFits(info, { side: 'in' }, to)
  return input !== null && output !== null ? { input, output } : null
}

/**
 * The nodes that fit and of which something holds every word; names that begin so come first, what only a port or a choice
 * is called comes last. `inEnglish` is the node in its own words: in another language, it is found by those as well.
 */
export function offerNodes(
  catalogue: Catalogue,
  query: string,
  fits: (info: NodeInfo) => boolean,
  inEnglish: (info: NodeInfo) => NodeInfo | undefined,
): NodeInfo[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return Object.values(catalogue)
    .filter(fits)
    .map((info) => ({ info, rank: rankOf(info, inEnglish(info) ?? info, words) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.info.type.localeCompare(b.info.type))
    .map(({ info }) => info)
}

function rankOf(info: NodeInfo, english: NodeInfo, words: readonly string[]): number {
  const title = info.title.toLowerCase()
  const said = [info, english].map(wordsOf).join(' ').toLowerCase()
  const all = [said, ...[info, english].map(partsOf)].join(' ').toLowerCase()
  if (words.every((word) => title.startsWith(word))) return 0
  if (words.every((word) => title.includes(word))) return 1
  if (words.every((word) => info.type.includes(word))) return 2
  if (words.every((word) => said.includes(word))) return 3
  return words.every((word) => all.includes(word)) ? 4 : Infinity
}

function wordsOf({ title, type, description, aliases = [] }: NodeInfo): string {
  return [title, type, description, ...aliases].join(' ')
}

/** What its ports, its parameters and their choices are called. */
function partsOf({ inputs, outputs, params }: NodeInfo): string {
  const ports = [...Object.entries(inputs), ...Object.entries(outputs)].map(
    ([name, { title }]) => title ?? name,
  )
  const values = Object.values(params).flatMap(({ title, choices = [] }) => [title, ...choices])
  return [...ports, ...values].join(' ')
}
