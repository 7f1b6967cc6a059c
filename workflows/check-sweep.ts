/** Everything that can be wrong with the sweep of a workflow. */
import type { NodeInfo } from '#nodes/node-info.ts'
import { valueFaults } from './check-value.ts'
import type { Fault, FaultCode } from './fault.ts'
import { parseSource, type Workflow } from './format.ts'
import { limits } from './limits.ts'
import { suggest } from './nearest.ts'
import { own } from './own.ts'

/** @param infos every node type, those of subgraphs included. */
export function sweepFaults(workflow: Workflow, infos: ReadonlyMap<string, NodeInfo>): Fault[] {
  const axes = workflow.sweep?.axes ?? []
  const cells = axes.reduce((product, { values }) => product * values.length, 1)
  const faults = axes.flatMap((axis, index) => axisFaults(workflow, infos, axis, index))
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
  { nodes }: Workflow,
  infos: ReadonlyMap<string, NodeInfo>,
  { at, values }: { readonly at: string; readonly values: readonly unknown[] },
  index: number,
): Fault[] {
  const path = ['sweep', 'axes', index]
  const blame = (code: FaultCode, where: readonly (string | number)[], message: string): Fault[] => [
    { code, path: [...path, ...where], message: `Cannot sweep '${at}': ${message}` },
  ]
  const { node: id, output: name } = parseSource(at)
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
  return values.flatMap((value, at) =>
    valueFaults(param, value).flatMap((fault) =>
      blame('wrong-value', ['values', at, ...fault.path], `value ${at + 1} ${fault.message}`),
    ),
  )
}
