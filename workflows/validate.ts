/** Judges a workflow that anybody may have written: every fault at once, as data, and nothing is ever thrown. */
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import { dataFaults } from './check-data.ts'
import { readFormat } from './check-format.ts'
import { OutputTypes } from './any-type.ts'
import { nodeFaults } from './check-node.ts'
import { checkSubgraphs, portFaults } from './check-subgraphs.ts'
import { sweepFaults } from './check-sweep.ts'
import { asItIs, expandWorkflow, type Expanded } from './expand.ts'
import type { Fault } from './fault.ts'
import type { Workflow } from './format.ts'
import { limits } from './limits.ts'
import { planNodes, type Plan } from './plan.ts'
import { subgraphName, subgraphsOf, withSubgraphs } from './subgraph-shape.ts'

export interface Validated {
  /** The workflow where its format can be read, whatever else is wrong with it; nodes of unknown types keep their data. */
  readonly workflow: Workflow | null
  /** Empty for a workflow that can run. */
  readonly faults: readonly Fault[]
  /** How it runs to its own targets; null where there are faults. */
  readonly plan: Plan | null
}

/**
 * Reads parsed JSON as a workflow to keep: it may be unfinished and need what is not on this machine, but it must be of
 * the format, and stand for no more than a workflow may. Takes time linear in its size.
 */
export function readWorkflow(json: unknown): Pick<Validated, 'workflow' | 'faults'> {
  const unfit = dataFaults(json)
  if (unfit.length > 0) return { workflow: null, faults: bounded(unfit) }
  const { workflow, faults } = readFormat(json)
  const unbearable = workflow ? checkSubgraphs(workflow).faults.filter(isTooLarge) : faults
  return unbearable.length > 0 ? { workflow: null, faults: bounded(unbearable) } : { workflow, faults: [] }
}

/**
 * Reads and checks parsed JSON. Takes time linear in its size.
 *
 * The caller bounds the bytes before parsing; everything else about the JSON may be hostile.
 */
export function validateWorkflow(json: unknown, catalogue: Catalogue): Validated {
  const unfit = dataFaults(json)
  if (unfit.length > 0) return { workflow: null, faults: bounded(unfit), plan: null }
  const { workflow, faults } = readFormat(json)
  if (workflow) {
    const { faults: found, plan } = judgeContent(workflow, catalogue, allRead)
    return { workflow, faults: bounded(found), plan: found.length > 0 ? null : plan }
  }
  if (faults.length > limits.faults || faults.some(isTooLarge))
    return { workflow: null, faults: bounded(faults), plan: null }
  const { rest, unread } = readablePart(json, faults)
  const others = rest ? judgeContent(rest, catalogue, unread).faults : []
  return { workflow: null, faults: bounded([...faults, ...others]), plan: null }
}

/** What stands in the file and cannot be read: what may depend on it is not judged. */
interface Unread {
  readonly nodes: ReadonlySet<string>
  readonly subgraphs: boolean
}

const noNames: ReadonlySet<string> = new Set()
const allRead: Unread = { nodes: noNames, subgraphs: false }

interface Judged {
  readonly faults: Fault[]
  readonly plan: Plan | null
}

function judgeContent(workflow: Workflow, catalogue: Catalogue, unread: Unread): Judged {
  const checked = checkSubgraphs(workflow)
  // What it stands for must not be looked at node by node.
  if (checked.faults.some(isTooLarge)) return { faults: [...checked.faults], plan: null }
  const subgraphs = subgraphsOf(workflow)
  const infos = withSubgraphs(catalogue, subgraphs, checked.order)
  const faults = [...checked.faults]
  for (const [name, subgraph] of subgraphs) {
    faults.push(...portFaults(name, subgraph, infos))
    if (faults.length > limits.faults) return { faults, plan: null }
  }
  const expanded = checked.faults.length === 0 ? expandWorkflow(workflow, infos) : null
  const judged = expanded ?? asItIs(workflow)
  const types = new OutputTypes(judged, infos)
  for (const scope of judged.scopes) {
    const unreadable = scope.prefix === '' ? unread.nodes : noNames
    const around = { catalogue: infos, scope, types, unreadable }
    for (const [id, node] of scope.nodes) {
      const name = subgraphName(node.type)
      // One that contains itself, or cannot be read, has no ports to be judged by.
      if (name !== null && !infos.has(node.type) && (unread.subgraphs || subgraphs.has(name))) continue
      faults.push(...nodeFaults(id, node, around))
      if (faults.length > limits.faults) return { faults, plan: null }
    }
  }
  const running = expanded?.nodes ?? null
  faults.push(...sweepFaults(workflow, { infos, running, unreadable: unread.nodes }))
  // What cannot be read may pass something on.
  if (!unread.subgraphs) faults.push(...emptyFaults(expanded, infos))
  // It may hold the missing half of a loop as well.
  if (unread.nodes.size > 0 || unread.subgraphs || !expanded) return { faults, plan: null }
  const known = new Set(faults.map(({ path }) => path.join(' ')))
  const { faults: others, plan } = planNodes(expanded.nodes, infos)
  return { faults: [...faults, ...others.filter(({ path }) => !known.has(path.join(' ')))], plan }
}

function emptyFaults(expanded: Expanded | null, infos: ReadonlyMap<string, NodeInfo>): Fault[] {
  return (expanded?.empty ?? []).map(({ node, input, bypassed }) => {
    const title = infos.get(expanded?.nodes.get(node)?.type ?? '')?.title ?? ''
    const message =
      `Cannot run node '${node}' (${title}): its '${input}' is linked to '${bypassed}', which is bypassed and has ` +
      `nothing of that type to pass on: link an input of it, or let it run`
    return { code: 'wrong-link', path: ['nodes', node, 'inputs', input], message }
  })
}

/** The file without the parts that cannot be read, so that the faults of the rest are found at the same time. */
function readablePart(json: unknown, faults: readonly Fault[]) {
  const nodes = new Set(
    faults.flatMap(({ path }) => (path[0] === 'nodes' && path.length > 1 ? String(path[1]) : [])),
  )
  if (typeof json !== 'object' || json === null) return { rest: null, unread: allRead }
  const broken = new Set(
    faults.flatMap(({ path }) => (path[0] === 'nodes' && path.length > 1 ? [] : path[0])),
  )
  const file = Object.entries(json).filter(([key]) => !broken.has(key))
  const rest = file.map(([key, value]) => [key, key === 'nodes' ? without(value, nodes) : value])
  const unread = { nodes, subgraphs: broken.has('subgraphs') }
  return { rest: readFormat(Object.fromEntries(rest)).workflow, unread }
}

function without(nodes: unknown, unreadable: ReadonlySet<string>): unknown {
  if (typeof nodes !== 'object' || nodes === null) return nodes
  return Object.fromEntries(Object.entries(nodes).filter(([id]) => !unreadable.has(id)))
}

function isTooLarge({ code }: Fault): boolean {
  return code === 'too-large'
}

function bounded(faults: readonly Fault[]): readonly Fault[] {
  if (faults.length <= limits.faults) return faults
  const message = `These are the first ${limits.faults} faults, there are more: mend some of these first`
  return [...faults.slice(0, limits.faults), { code: 'more', path: [], message }]
}
