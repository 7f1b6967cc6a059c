/** Which parameter of a node is edited by drawing. */
import type { NodeInfo, Widget } from '#nodes/node-info.ts'
import type { WorkflowNode } from '#workflows/format.ts'
import { own } from '../document/record.ts'

const drawnWidgets = ['boxes', 'keypoints'] as const satisfies readonly Widget[]

export type DrawnWidget = (typeof drawnWidgets)[number]

export function isDrawn(widget: Widget): widget is DrawnWidget {
  return drawnWidgets.some((drawn) => drawn === widget)
}

/** The first such parameter that has a value of its own; undefined where there is none. */
export function drawnParam(info: NodeInfo | undefined, node: WorkflowNode | undefined): string | undefined {
  return Object.entries(info?.params ?? {}).find(
    ([name, { widget }]) => isDrawn(widget) && own(node?.inputs, name) === undefined,
  )?.[0]
}
