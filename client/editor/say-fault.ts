/** Says a fault of the workflow that is open. */
import type { NodeInfo } from '#nodes/node-info.ts'
import type { Fault } from '#workflows/fault.ts'
import type { WorkflowNode } from '#workflows/format.ts'
import { isDrawn } from '../canvas/drawn-param.ts'
import { drawnFaultText } from '../canvas/fault-words.ts'
import { own } from '../document/record.ts'
import { nodeCalled } from '../document/scope.ts'
import { workflow } from '../document/workflow-document.ts'
import { faultText } from '../locales/fault-text.ts'
import { i18n, translate } from '../locales/i18n.ts'
import { nodeOf } from '../stores/faults.ts'
import { catalogue } from './catalogue.ts'

export function sayFault(fault: Fault): string {
  const node = nodeCalled(workflow.current.value, nodeOf(fault) ?? '')
  const info = own(catalogue.value, node?.type ?? '')
  return ofDrawing(fault, node, info) ?? faultText(fault, info)
}

/** Of something drawn the canvas says more than a code and a place can. */
function ofDrawing(
  { code, path, message }: Fault,
  node: WorkflowNode | undefined,
  info: NodeInfo | undefined,
): string | undefined {
  const name = String(path[3])
  const widget = own(info?.params, name)?.widget
  if (i18n.global.locale.value === 'en' || code !== 'wrong-value' || !widget || !isDrawn(widget)) return
  return drawnFaultText(translate, widget, own(node?.values, name), message)
}
