/**
 * Runs the units of a plan in its order, as they are wanted. What only a lazy input needs is wanted when that input is
 * asked for, perhaps in the middle of a loop. Nodes that wait run beside the others. Values are let go as soon as nothing
 * that is still to run can need them.
 */
import type { Plan } from '#workflows/plan.ts'
import { membersOf, nameOf, type Unit } from '#workflows/unit.ts'
import { Agenda } from './agenda.ts'
import type { Run } from './run.ts'
import { runUnit } from './run-unit.ts'

/** More files or downloads at once gain nothing and hold memory. */
const mostWaiting = 4

export class Scheduler {
  readonly #run: Run
  readonly #plan: Plan
  readonly #agenda: Agenda
  readonly #units: ReadonlyMap<string, Unit>
  readonly #unitOf: ReadonlyMap<string, string>
  /** By unit: the units that it takes values from, each once. */
  readonly #sources = new Map<string, ReadonlySet<string>>()
  /** By unit: how many of its users are not settled. */
  readonly #users = new Map<string, number>()
  readonly #waiting = new Map<string, Promise<void>>()

  constructor(run: Run, plan: Plan) {
    this.#run = run
    this.#plan = plan
    this.#units = new Map(plan.units.map((unit) => [nameOf(unit), unit]))
    this.#unitOf = new Map(plan.units.flatMap((unit) => membersOf(unit).map((id) => [id, nameOf(unit)])))
    this.#agenda = new Agenda([...this.#units.keys()], (name) => this.#eagerNeeds(name))
    for (const [name, unit] of this.#units) {
      const sources = this.#sourcesOf(membersOf(unit), () => true)
      this.#sources.set(name, sources)
      for (const source of sources) this.#users.set(source, (this.#users.get(source) ?? 0) + 1)
    }
  }

  /** Runs these nodes and all that they turn out to need. */
  async want(ids: readonly string[]): Promise<void> {
    const names = ids.flatMap((id) => this.#unitOf.get(id) ?? [])
    this.#agenda.want(names)
    while (!this.#run.isCancelled && !names.every((name) => this.#agenda.isDone(name))) {
      const unit = this.#units.get(this.#agenda.next() ?? '')
      if (!unit) break
      await this.#begin(unit)
    }
    for (const name of names) await this.#waiting.get(name)
  }

  /** Waits for what runs beside the others. */
  async settle(): Promise<void> {
    await Promise.all(this.#waiting.values())
  }

  /** Takes a unit as run, whose values the run has already. */
  skip(unit: Unit): void {
    this.#agenda.done(nameOf(unit))
  }

  async #begin(unit: Unit): Promise<void> {
    const name = nameOf(unit)
    if (this.#waiting.size > 0)
      for (const source of this.#sources.get(name) ?? []) await this.#waiting.get(source)
    if (unit.kind === 'node') {
      const missing = this.#run.missing(unit.id, null)
      this.#agenda.want(missing.flatMap((id) => this.#unitOf.get(id) ?? []))
      if (this.#agenda.next() !== name) return
    }
    this.#agenda.done(name)
    if (unit.kind === 'node' && this.#run.waits(unit.id)) return this.#runBeside(unit)
    await runUnit(this.#run, this, unit)
    this.#settle(name)
  }

  async #runBeside(unit: Unit): Promise<void> {
    const name = nameOf(unit)
    if (this.#waiting.size >= mostWaiting) await Promise.race(this.#waiting.values())
    const running = runUnit(this.#run, this, unit).then(() => {
      this.#waiting.delete(name)
      this.#settle(name)
    })
    this.#waiting.set(name, running)
  }

  /**
   * A unit is over, or can no longer be wanted: what only it could have needed goes, and so on backwards.
   */
  #settle(name: string): void {
    if ((this.#users.get(name) ?? 0) === 0) this.#release(name)
    const settled = [name]
    for (const user of settled)
      for (const source of this.#sources.get(user) ?? []) {
        const left = (this.#users.get(source) ?? 0) - 1
        this.#users.set(source, left)
        if (left > 0) continue
        if (this.#agenda.isDone(source)) this.#release(source)
        else if (!this.#agenda.isWanted(source)) settled.push(source)
      }
  }

  #release(name: string): void {
    const unit = this.#units.get(name)
    if (unit && !this.#waiting.has(name)) this.#run.release(membersOf(unit))
  }

  /** What a unit needs whatever comes: what a loop's body needs only lazily is wanted by the loop. */
  #eagerNeeds(name: string): ReadonlySet<string> {
    const unit = this.#units.get(name)
    if (!unit) return new Set()
    const members =
      unit.kind === 'node' ? [unit.id] : [unit.start, ...this.#run.dependence.eagerBody(unit), unit.end]
    return this.#sourcesOf(members, (id, input) => !this.#run.dependence.isLazy(id, input))
  }

  #sourcesOf(
    members: readonly string[],
    counts: (id: string, input: string) => boolean,
  ): ReadonlySet<string> {
    const sources = new Set<string>()
    for (const id of members) {
      const own = this.#unitOf.get(id)
      for (const { from, input } of this.#plan.links.get(id) ?? []) {
        const source = this.#unitOf.get(from)
        if (source !== undefined && source !== own && counts(id, input)) sources.add(source)
      }
    }
    return sources
  }
}
