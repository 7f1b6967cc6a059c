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

/** Where there is room for it: in English the sentence of the server, which says all that it knows. */
export function sayFault(fault: Fault): string {
  return i18n.global.locale.value === 'en' ? fault.message : sayShortly(fault)
}

/** In few words, where the node is named already. */
export function sayShortly(fault: Fault): string {
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
  if (code !== 'wrong-value' || !widget || !isDrawn(widget)) return
  return drawnFaultText(translate, widget, own(node?.values, name), message)
}
