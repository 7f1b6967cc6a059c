/** Everything that can be wrong with the sweep of a workflow. */
import type { NodeInfo } from '#nodes/node-info.ts'
import { valueFaults } from './check-value.ts'
import type { FlatNodes } from './expand.ts'
import type { Fault, FaultCode } from './fault.ts'
import { parseSource, type Workflow } from './format.ts'
import { limits } from './limits.ts'
import { suggest } from './nearest.ts'
import { own } from './own.ts'
import { cellCount, plainNode } from './sweep.ts'

export interface SweptFile {
  /** Every node type, those of subgraphs included. */
  readonly infos: ReadonlyMap<string, NodeInfo>
  /** The nodes that the workflow stands for; null where that cannot be said. */
  readonly running: FlatNodes | null
  /** Nodes of the file that are too broken to be read. */
  readonly unreadable: ReadonlySet<string>
}

export function sweepFaults(workflow: Workflow, file: SweptFile): Fault[] {
  const axes = workflow.sweep?.axes ?? []
  const cells = cellCount(axes)
  const faults = axes.flatMap((axis, index) => axisFaults(workflow, file, axis, index))
  if (cells > limits.cells)
    faults.push({
      code: 'too-large',
      path: ['sweep'],
      message: `The sweep has ${cells} cells, the limit is ${limits.cells}: leave values out`,
    })
  const [first, second] = axes
  if (first && second && first.at === second.at)
    faults.push({
      code: 'sweep',
      path: ['sweep', 'axes', 1, 'at'],
      message: `Both axes of the sweep go over '${second.at}': name another parameter, or put all values on one axis`,
    })
  return faults
}

function axisFaults(
  workflow: Workflow,
  { infos, running, unreadable }: SweptFile,
  { at, values }: { readonly at: string; readonly values: readonly unknown[] },
  index: number,
): Fault[] {
  const path = ['sweep', 'axes', index]
  const blame = (code: FaultCode, where: readonly (string | number)[], message: string): Fault[] => [
    { code, path: [...path, ...where], message: `Cannot sweep '${at}': ${message}` },
  ]
  const { node: id, output: name } = parseSource(at)
  const { nodes } = workflow
  if (unreadable.has(id)) return []
  const node = own(nodes, id)
  if (!node) return blame('sweep', ['at'], `there is no node '${id}'${suggest(id, Object.keys(nodes))}`)
  const info = infos.get(node.type)
  if (!info) return []
  const param = own(info.params, name)
  if (!param)
    return blame(
      'sweep',
      ['at'],
      `${info.title} has no parameter '${name}'${suggest(name, Object.keys(info.params))}`,
    )
  if (own(node.inputs, name) !== undefined)
    return blame('sweep', ['at'], `the parameter is linked, and takes what arrives: remove the link`)
  const mode = running && modeOf(workflow, at, running)
  if (mode)
    return blame('sweep', ['at'], `its node is ${mode} and does not run: let it run, or sweep something else`)
  return values.flatMap((value, at) =>
    valueFaults(param, value).flatMap((fault) =>
      blame('wrong-value', ['values', at, ...fault.path], `value ${at + 1} ${fault.message}`),
    ),
  )
}

/** What keeps the node that has a parameter from running: that of a subgraph belongs to one of its nodes. */
function modeOf(workflow: Workflow, at: string, running: FlatNodes): 'muted' | 'bypassed' | null {
  const node = running.get(plainNode(workflow, at))
  if (!node) return 'bypassed'
  return node.mode === 'mute' ? 'muted' : null
}
