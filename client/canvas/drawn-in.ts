/** The boxes and figures that a workflow places, from every node that has some; what is off takes no part. */
import type { DrawnBox } from '#nodes/boxes.ts'
import type { DrawnFigure } from '#nodes/keypoints.ts'
import type { Catalogue, Widget } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import { valueOf } from '../document/edits.ts'
import { own } from '../document/record.ts'
import { readBoxes } from './box-geometry.ts'
import { readFigures } from './figure-geometry.ts'

export interface Drawn {
  readonly boxes: readonly DrawnBox[]
  readonly figures: readonly DrawnFigure[]
}

export function drawnIn(document: Workflow, catalogue: Catalogue): Drawn {
  const isOn = ({ off }: { off?: boolean | undefined }) => !off
  return {
    boxes: valuesOf(document, catalogue, 'boxes').flatMap(readBoxes).filter(isOn),
    figures: valuesOf(document, catalogue, 'keypoints').flatMap(readFigures).filter(isOn),
  }
}

function valuesOf(document: Workflow, catalogue: Catalogue, widget: Widget): unknown[] {
  return Object.values(document.nodes).flatMap((node) => {
    const info = own(catalogue, node.type)
    if (!info) return []
    const params = Object.entries(info.params).filter(([, param]) => param.widget === widget)
    return params.map(([name]) => valueOf(node, info, name))
  })
}
