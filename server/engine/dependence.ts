/** What a node needs whatever comes, and what only when it asks for it. */
import type { Loop } from '#workflows/loops.ts'
import type { Plan } from '#workflows/plan.ts'
import { Agenda } from './agenda.ts'
import type { Registry } from './engine.ts'

export class Dependence {
  readonly #plan: Plan
  readonly #registry: Registry
  readonly #lazy = new Map<string, ReadonlySet<string>>()
  readonly #bodies = new Map<string, readonly string[]>()

  constructor(plan: Plan, registry: Registry) {
    this.#plan = plan
    this.#registry = registry
  }

  isLazy(id: string, input: string): boolean {
    return this.#lazyInputs(id).has(input)
  }

  hasLazy(id: string): boolean {
    return this.#lazyInputs(id).size > 0
  }

  /** The nodes that this one needs whatever comes. */
  eagerSources(id: string): string[] {
    const links = this.#plan.links.get(id) ?? []
    return links.filter(({ input }) => !this.isLazy(id, input)).map(({ from }) => from)
  }

  /** The nodes of a loop's body that every iteration runs. */
  eagerBody({ start, end, body }: Loop): readonly string[] {
    const known = this.#bodies.get(start)
    if (known) return known
    const agenda = new Agenda(body, (id) => this.eagerSources(id))
    agenda.want([...this.#plan.targets, ...this.eagerSources(end)])
    const eager = body.filter((id) => agenda.isWanted(id))
    this.#bodies.set(start, eager)
    return eager
  }

  #lazyInputs(id: string): ReadonlySet<string> {
    const type = this.#plan.nodes.get(id)?.type ?? ''
    const known = this.#lazy.get(type)
    if (known) return known
    const inputs = Object.entries(this.#registry.get(type)?.inputs ?? {})
    const lazy = new Set(inputs.filter(([, { lazy }]) => lazy).map(([name]) => name))
    this.#lazy.set(type, lazy)
    return lazy
  }
}
