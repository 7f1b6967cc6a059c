/** What a plan is made of. */
import type { Loop } from './loops.ts'

/** One node that runs once, or one loop that runs as a whole. */
export type Unit = { readonly kind: 'node'; readonly id: string } | ({ readonly kind: 'loop' } & Loop)

/** Its node, or the start of its loop. */
export function nameOf(unit: Unit): string {
  return unit.kind === 'node' ? unit.id : unit.start
}

/** Every node of it, in the order in which they run. */
export function membersOf(unit: Unit): readonly string[] {
  return unit.kind === 'node' ? [unit.id] : [unit.start, ...unit.body, unit.end]
}
