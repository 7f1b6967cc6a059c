/** Judges a workflow that anybody may have written: every fault at once, as data, and nothing is ever thrown. */
import type { Catalogue } from '#nodes/node-info.ts'
import { dataFaults } from './check-data.ts'
import { readFormat } from './check-format.ts'
import { nodeFaults, type Surroundings } from './check-node.ts'
import type { Fault } from './fault.ts'
import type { Workflow } from './format.ts'
import { limits } from './limits.ts'
import { planWorkflow } from './plan.ts'

export interface Validated {
  /** The workflow where its format can be read, whatever else is wrong with it; nodes of unknown types keep their data. */
  readonly workflow: Workflow | null
  /** Empty for a workflow that can run. */
  readonly faults: readonly Fault[]
}

/**
 * Reads and checks parsed JSON. Takes time linear in its size.
 *
 * The caller bounds the bytes before parsing; everything else about the JSON may be hostile.
 */
export function validateWorkflow(json: unknown, catalogue: Catalogue): Validated {
  const unfit = dataFaults(json)
  if (unfit.length > 0) return { workflow: null, faults: bounded(unfit) }
  const { workflow, faults } = readFormat(json)
  if (workflow) {
    const isTooLarge = faults.length > 0
    return { workflow, faults: bounded(isTooLarge ? faults : contentFaults(workflow, catalogue, new Set())) }
  }
  const { rest, unreadable } = readablePart(json, faults)
  const others = rest ? contentFaults(rest, catalogue, unreadable) : []
  return { workflow: null, faults: bounded([...faults, ...others]) }
}

function contentFaults(workflow: Workflow, catalogue: Catalogue, unreadable: ReadonlySet<string>): Fault[] {
  const infos = new Map(Object.entries(catalogue))
  const around: Surroundings = {
    catalogue: infos,
    nodes: new Map(Object.entries(workflow.nodes)),
    unreadable,
  }
  const faults = [...around.nodes].flatMap(([id, node]) => nodeFaults(id, node, around))
  // What is unreadable may hold the missing half of a loop.
  if (unreadable.size > 0) return faults
  const known = new Set(faults.map(({ path }) => path.join(' ')))
  return [...faults, ...planWorkflow(workflow, infos).faults.filter(({ path }) => !known.has(path.join(' ')))]
}

/** The file without the parts that cannot be read, so that the faults of the rest are found at the same time. */
function readablePart(json: unknown, faults: readonly Fault[]) {
  const file = new Map(Object.entries(json as Record<string, unknown>))
  const nodes = file.get('nodes')
  const unreadable = new Set(
    faults.flatMap(({ path }) => (path[0] === 'nodes' && path[1] !== undefined ? String(path[1]) : [])),
  )
  for (const { path } of faults) if (path[0] !== 'nodes') file.delete(String(path[0]))
  if (typeof nodes === 'object' && nodes !== null)
    file.set('nodes', Object.fromEntries(Object.entries(nodes).filter(([id]) => !unreadable.has(id))))
  const { workflow, faults: more } = readFormat(Object.fromEntries(file))
  return { rest: more.length === 0 ? workflow : null, unreadable }
}

function bounded(faults: readonly Fault[]): readonly Fault[] {
  if (faults.length <= limits.faults) return faults
  const rest = faults.length - limits.faults
  const message = `There are ${rest} more faults: mend some of these first`
  return [...faults.slice(0, limits.faults), { code: 'too-large', path: [], message }]
}
