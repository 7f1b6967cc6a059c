/** What an iteration of a loop leaves behind for whoever keeps it. */
import type { AnyNode } from '#nodes/node.ts'
import type { Grounding } from '#nodes/values.ts'
import type { Loop } from '#workflows/loops.ts'
import type { Plan } from '#workflows/plan.ts'
import type { OutputsOf } from './arrivals.ts'
import type { Outputs } from './cache.ts'
import type { CarriedStep } from './engine.ts'
import type { Place } from './place.ts'

export function carriedStep(
  loop: Loop,
  carried: Outputs,
  { iteration, item }: Place,
  plan: Plan,
  definition: (id: string) => AnyNode,
  outputsOf: OutputsOf,
): CarriedStep {
  const gave = loop.body.flatMap((id) => {
    const outputs = outputsOf(id)
    return outputs ? [[id, outputs] as const] : []
  })
  const groundings = gave.flatMap(([id]) =>
    (plan.links.get(id) ?? []).flatMap((link): Grounding[] => {
      if (definition(link.from).outputs[link.output]?.type !== 'Grounding') return []
      const value = outputsOf(link.from)?.[link.output]
      const arrived = plan.lists.has(link) ? (value as readonly Grounding[])[item?.index ?? 0] : value
      return arrived ? [arrived as Grounding] : []
    }),
  )
  return {
    node: loop.start,
    index: iteration?.index ?? 0,
    total: iteration?.total ?? 0,
    // Nearest to the end of the body: what a switch passes on, not what it was given.
    beta: groundings.at(-1)?.strength ?? null,
    carried,
    body: Object.fromEntries(gave),
    ...(item && { item }),
  }
}
