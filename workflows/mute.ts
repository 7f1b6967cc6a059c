/** What muting leaves: a muted node does not run, nor does what needs it. */
import type { WorkflowNode } from './format.ts'
import type { Link, Links } from './graph.ts'
import type { Shapes } from './loops.ts'
import { own } from './own.ts'
import { membersOf, type Unit } from './unit.ts'

/**
 * The links of the nodes that can run. An optional input that would be fed by a node that does not gets nothing; every
 * other input or parameter takes its node out as well. A loop whose end does not run does not run at all.
 *
 * @param units in an order in which each comes after all that it needs.
 */
export function unmuted(
  nodes: ReadonlyMap<string, WorkflowNode>,
  links: Links,
  units: readonly Unit[],
  shapes: Shapes,
): Links {
  if (![...nodes.values()].some(({ mode }) => mode === 'mute')) return links
  const silent = new Set<string>()
  const isOptional = (id: string, { input }: Link) =>
    own(shapes.get(nodes.get(id)?.type ?? '')?.inputs, input)?.optional ?? false
  const place = (id: string) => {
    const isCut = links.get(id)?.some((link) => silent.has(link.from) && !isOptional(id, link))
    if (nodes.get(id)?.mode === 'mute' || isCut) silent.add(id)
  }
  for (const unit of units) {
    const members = membersOf(unit)
    members.forEach(place)
    if (unit.kind === 'loop' && silent.has(unit.end)) for (const id of members) silent.add(id)
  }
  const left = [...links].filter(([id]) => !silent.has(id))
  return new Map(left.map(([id, list]) => [id, list.filter(({ from }) => !silent.has(from))]))
}
