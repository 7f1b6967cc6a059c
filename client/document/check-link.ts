/** May this output feed that input? The answer is data, so that the editor can say why not in any language. */
import type { Catalogue } from '#nodes/node-info.ts'
import { canConnect, type WireType } from '#nodes/wire-types.ts'
import type { Workflow } from '#workflows/format.ts'
import { infoOf, inputType, outputType, pathBetween, type Link } from './queries.ts'

export type LinkVerdict =
  | { readonly code: 'fits' }
  | { readonly code: 'wrong-type'; readonly from: WireType; readonly to: WireType }
  | { readonly code: 'ring'; readonly path: readonly string[] }
  | { readonly code: 'unknown-port' }

export function checkLink(document: Workflow, catalogue: Catalogue, { from, to }: Link): LinkVerdict {
  const source = outputType(infoOf(document, catalogue, from.node), from.port)
  const target = inputType(infoOf(document, catalogue, to.node), to.port)
  if (!source || !target) return { code: 'unknown-port' }
  if (!canConnect(source, target)) return { code: 'wrong-type', from: source, to: target }
  const path = pathBetween(document, to.node, from.node)
  return path ? { code: 'ring', path: [...path, to.node] } : { code: 'fits' }
}
