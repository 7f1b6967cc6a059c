/** The boxes that a workflow places, from every node that has some. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import { valueOf } from '../document/edits.ts'
import { own } from '../document/record.ts'

export function boxParams(document: Workflow, catalogue: Catalogue): unknown[] {
  return Object.values(document.nodes).flatMap((node) => {
    const info = own(catalogue, node.type)
    const params = Object.entries(info?.params ?? {}).filter(([, { widget }]) => widget === 'boxes')
    return params.flatMap(([name]) => {
      const value = info && valueOf(node, info, name)
      return Array.isArray(value) ? (value as unknown[]) : []
    })
  })
}
