/** Says a fault of the workflow that is open. */
import type { Fault } from '#workflows/fault.ts'
import { own } from '../document/record.ts'
import { nodeCalled } from '../document/scope.ts'
import { workflow } from '../document/workflow-document.ts'
import { faultText } from '../locales/fault-text.ts'
import { nodeOf } from '../stores/faults.ts'
import { catalogue } from './catalogue.ts'

export function sayFault(fault: Fault): string {
  const node = nodeCalled(workflow.current.value, nodeOf(fault) ?? '')
  return faultText(fault, own(catalogue.value, node?.type ?? ''))
}
