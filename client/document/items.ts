/**
 * Names for whatever can be selected in the graph. A node goes by its id; everything else has a prefix, which no id
 * can have.
 */
import { parseSource } from '#workflows/format.ts'
import type { PortRef } from './queries.ts'

export const noteKey = (id: string) => `note:${id}`
/** Frames cannot be selected, but they have a name that is typed. */
export const frameKey = (index: number) => `frame:${index}`
/** A link is named by the input where it ends. */
export const linkKey = ({ node, port }: PortRef) => `link:${node}.${port}`
export const rerouteKey = (to: PortRef, index: number) => `reroute:${index}:${to.node}.${to.port}`

export type Item =
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'note'; readonly id: string }
  | { readonly kind: 'link'; readonly to: PortRef }
  | { readonly kind: 'reroute'; readonly to: PortRef; readonly index: number }

export function itemOf(key: string): Item {
  const [kind, rest = ''] = split(key)
  if (kind === 'note') return { kind, id: rest }
  if (kind === 'link') return { kind, to: portOf(rest) }
  if (kind === 'reroute') {
    const [index, port = ''] = split(rest)
    return { kind, to: portOf(port), index: Number(index) }
  }
  return { kind: 'node', id: key }
}

function split(key: string): [string, string?] {
  const colon = key.indexOf(':')
  return colon < 0 ? [key] : [key.slice(0, colon), key.slice(colon + 1)]
}

function portOf(text: string): PortRef {
  const { node, output } = parseSource(text)
  return { node, port: output }
}
