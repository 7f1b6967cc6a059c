/** The boxes and figures that had a part in a picture: of the nodes that lead to it, and run. What is off had none. */
import type { DrawnBox } from '#nodes/boxes.ts'
import type { DrawnFigure } from '#nodes/keypoints.ts'
import type { Catalogue, Widget } from '#nodes/node-info.ts'
import type { Workflow, WorkflowNode } from '#workflows/format.ts'
import { asRun } from '../document/as-run.ts'
import { valueOf } from '../document/edits.ts'
import { ancestorsOf } from '../document/queries.ts'
import { own } from '../document/record.ts'
import { readBoxes } from './box-geometry.ts'
import { readFigures } from './figure-geometry.ts'

export interface Drawn {
  readonly boxes: readonly DrawnBox[]
  readonly figures: readonly DrawnFigure[]
}

/** @param maker the node that made the picture, as events call it */
export function drawnIn(document: Workflow, catalogue: Catalogue, maker: string): Drawn {
  const isOn = ({ off }: { off?: boolean | undefined }) => !off
  const { graph } = asRun(document, catalogue)
  const nodes = [...ancestorsOf(graph, maker)].flatMap((id) => own(graph.nodes, id) ?? [])
  const valuesOf = (widget: Widget) => nodes.flatMap((node) => valuesIn(node, catalogue, widget))
  return {
    boxes: valuesOf('boxes').flatMap(readBoxes).filter(isOn),
    figures: valuesOf('keypoints').flatMap(readFigures).filter(isOn),
  }
}

function valuesIn(node: WorkflowNode, catalogue: Catalogue, widget: Widget): unknown[] {
  const info = own(catalogue, node.type)
  if (!info || node.mode) return []
  const params = Object.entries(info.params).filter(([, param]) => param.widget === widget)
  return params.map(([name]) => valueOf(node, info, name))
}
