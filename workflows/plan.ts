/** In what order a workflow runs: hoisted nodes, loops, and what comes after them. Linear, and never recursive. */
import type { Fault } from './fault.ts'
import { checkSubgraphs } from './check-subgraphs.ts'
import { expandWorkflow, type FlatNodes } from './expand.ts'
import type { Workflow } from './format.ts'
import { linksOf, needsOf, rings, sort, type Link, type Links, type Needs } from './graph.ts'
import { findLists } from './lists.ts'
import { findLoops, leakFault, type FoundLoops, type Shapes } from './loops.ts'
import { unmuted } from './mute.ts'
import { defaultTargets, expandTargets, targetFaults } from './targets.ts'
import type { Unit } from './unit.ts'

export interface Plan {
  /** Every unit comes after all that it needs. */
  readonly units: readonly Unit[]
  readonly targets: readonly string[]
  /** Every node that could run, by its id: see `expand.ts`. */
  readonly nodes: FlatNodes
  /** The links into each node that runs. */
  readonly links: Links
  /** Units that run once per item of a list, by their node or their loop's start. */
  readonly mapped: ReadonlySet<string>
  /** Links that bring a list from outside the unit they lead into. */
  readonly lists: ReadonlySet<Link>
}

export type PlanResult =
  | { readonly plan: Plan; readonly faults: readonly [] }
  | { readonly plan: null; readonly faults: readonly Fault[] }

/**
 * Orders the targets of a workflow and all that they need; nothing else is in the plan. Without targets these are the
 * nodes with a side effect, or every node that feeds no other where there is none. A target that stands for a subgraph
 * means the nodes behind its outputs and those inside with a side effect.
 *
 * Faults are rings (`cycle`), wrong loops (`loop`), wrong lists (`list`) and targets that cannot run, anywhere in the
 * workflow, and that nothing would run. Links from nodes that do not exist are ignored; `validateWorkflow` reports them.
 */
export function planWorkflow(workflow: Workflow, shapes: Shapes, targets?: readonly string[]): PlanResult {
  const subgraphs = checkSubgraphs(workflow)
  if (subgraphs.faults.length > 0) return { plan: null, faults: subgraphs.faults }
  const result = planNodes(expandWorkflow(workflow, shapes).nodes, shapes, targets)
  const idle = result.plan && !targets ? idleFaults(result.plan) : []
  return idle.length > 0 ? { plan: null, faults: idle } : result
}

/** Why a plan is none to run: the run would end without a word. Somebody who edits may well have muted everything. */
export function idleFaults({ units }: Plan): Fault[] {
  if (units.length > 0) return []
  const message =
    'Cannot run the workflow: no node of it would run, add one, or let one run that is muted or bypassed'
  return [{ code: 'missing-input', path: ['nodes'], message }]
}

/** The same for a workflow that was expanded already. */
export function planNodes(nodes: FlatNodes, shapes: Shapes, targets?: readonly string[]): PlanResult {
  const links = linksOf(nodes)
  const needs = needsOf(links)
  const { order, stuck } = sort(needs)
  if (stuck.size > 0) return { plan: null, faults: rings(needs, stuck).map(ringFault) }
  const found = findLoops(nodes, links, order, shapes)
  const units = orderUnits(links, order, found)
  const faults = found.faults.length > 0 ? found.faults : units.faults
  if (faults.length > 0) return { plan: null, faults }
  const running = unmuted(nodes, links, units.list, shapes)
  const flow = findLists(nodes, running, units.list, shapes)
  const aims = targets
    ? expandTargets(targets, nodes, running, shapes)
    : defaultTargets(running, nodes, shapes)
  const wrong = [...targetFaults(aims, nodes, running), ...flow.faults]
  if (wrong.length > 0) return { plan: null, faults: wrong }
  const needed = closure(aims, running, found)
  const { mapped, lists } = flow
  return {
    plan: {
      units: units.list.flatMap((unit) => restrict(unit, needed)),
      targets: aims,
      nodes,
      links: running,
      mapped,
      lists,
    },
    faults: [],
  }
}

function ringFault(ring: readonly string[]): Fault {
  const path = [...ring, ring[0]].join(' → ')
  return {
    code: 'cycle',
    path: ['nodes', ring[0] ?? ''],
    message: `Nodes wait for each other in a ring: ${path}; remove one of these links`,
  }
}

/** Loops are taken as one unit each, so that all a loop needs runs before it and all that needs it runs after it. */
function orderUnits(
  links: Links,
  order: readonly string[],
  { loops, loopOf }: FoundLoops,
): { list: Unit[]; faults: Fault[] } {
  if (loops.length === 0) return { list: order.map((id) => ({ kind: 'node', id })), faults: [] }
  const unitOf = (id: string) => loopOf.get(id) ?? id
  const needs = new Map<string, string[]>(order.map((id) => [unitOf(id), []]))
  for (const id of order)
    for (const { from } of links.get(id) ?? [])
      if (unitOf(from) !== unitOf(id)) needs.get(unitOf(id))?.push(unitOf(from))
  const sorted = sort(needs)
  const byStart = new Map(loops.map((loop) => [loop.start, loop]))
  const list = sorted.order.map((id): Unit => {
    const loop = byStart.get(id)
    return loop ? { kind: 'loop', ...loop } : { kind: 'node', id }
  })
  return { list, faults: rings(needs, sorted.stuck).flatMap((ring) => leaks(ring, needs, links, loopOf)) }
}

/** The link by which a ring of units enters one of its loops; without a ring of nodes there is such a loop. */
function leaks(
  ring: readonly string[],
  needs: Needs,
  links: Links,
  loopOf: ReadonlyMap<string, string>,
): Fault[] {
  const loop = ring.find((unit) => loopOf.has(unit))
  const before = needs.get(loop ?? '')?.find((unit) => ring.includes(unit))
  const inside = [...loopOf].filter(([, start]) => start === loop)
  const entries = inside.flatMap(([id]) => (links.get(id) ?? []).map((link) => ({ id, link })))
  const entry = entries.find(({ link: { from } }) => (loopOf.get(from) ?? from) === before)
  return loop !== undefined && entry ? [leakFault(entry.id, entry.link, loop)] : []
}

/** The targets and all that they need. Whoever needs one node of a loop needs the loop's end, to carry values on. */
function closure(targets: readonly string[], links: Links, { loops, loopOf }: FoundLoops): Set<string> {
  const endOf = new Map(loops.map(({ start, end }) => [start, end]))
  const needed = new Set(targets)
  for (const id of needed) {
    for (const { from } of links.get(id) ?? []) needed.add(from)
    const end = endOf.get(loopOf.get(id) ?? '')
    if (end !== undefined) needed.add(end)
  }
  return needed
}

function restrict(unit: Unit, needed: ReadonlySet<string>): Unit[] {
  if (unit.kind === 'node') return needed.has(unit.id) ? [unit] : []
  return needed.has(unit.end) ? [{ ...unit, body: unit.body.filter((id) => needed.has(id)) }] : []
}
