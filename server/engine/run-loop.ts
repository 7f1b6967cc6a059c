/** Runs a loop: its start once, its body per iteration, its end once with what the last iteration carried. */
import type { Loop } from '#workflows/loops.ts'
import { Agenda } from './agenda.ts'
import type { Place, Turn } from './place.ts'
import type { BranchedLoop, Run } from './run.ts'
import type { Scheduler } from './scheduler.ts'

type Carried = Readonly<Record<string, unknown>>

/** @param item of the lists that the loop as a whole is run over. */
export async function runLoop(run: Run, scheduler: Scheduler, loop: Loop, item: Turn | null): Promise<void> {
  const outside: Place = { iteration: null, item }
  const isLast = !item || item.index === item.total - 1
  await run.runNode(loop.start, outside)
  const begun = run.outputsOf(loop.start)
  if (begun && isLast) run.tally.finish(loop.start)
  const values = (begun?.[loop.each] ?? []) as readonly unknown[]
  const branch = begun ? run.branchInto(loop, values.length, item) : null
  let carried: Carried = branch?.carried ?? pick(loop, (name) => begun?.[name])
  const body = new Body(run, scheduler, loop)
  for (const index of iterations(values.length, branch)) {
    const place = { iteration: { index, total: values.length }, item }
    run.setOutputs(loop.start, { ...carried, [loop.each]: values[index] })
    const runsBefore = run.tally.runsOf(loop.body)
    await body.run(place)
    if (run.isCancelled || run.skipIfBroken(loop.end)) break
    carried = pick(loop, (name) => run.valueAt(loop.end, name, place))
    await run.keepStep(loop, carried, place)
    const isCached = run.tally.runsOf(loop.body) === runsBefore
    run.emit(loop.start, {
      kind: 'step',
      node: loop.start,
      ...place.iteration,
      cached: isCached,
      ...(item && { item }),
    })
  }
  if (run.isCancelled) return
  for (const id of loop.body)
    if (!run.skipIfBroken(id) && isLast && (values.length === 0 || run.tally.hasBegun(id)))
      run.tally.finish(id)
  await run.runNode(loop.end, outside, carried)
}

function pick({ carried }: Loop, value: (name: string) => unknown): Carried {
  return Object.fromEntries(carried.map((name) => [name, value(name)]))
}

function iterations(total: number, branch: BranchedLoop | null): number[] {
  const first = branch?.step ?? 0
  return Array.from({ length: Math.max(0, total - first) }, (_, index) => first + index)
}

/** The nodes between a loop's start and its end, once per iteration. */
class Body {
  readonly #run: Run
  readonly #scheduler: Scheduler
  readonly #loop: Loop
  readonly #members: ReadonlySet<string>
  readonly #eager: readonly string[]
  readonly #agenda: Agenda

  constructor(run: Run, scheduler: Scheduler, loop: Loop) {
    this.#run = run
    this.#scheduler = scheduler
    this.#loop = loop
    this.#members = new Set(loop.body)
    this.#eager = run.dependence.eagerBody(loop)
    this.#agenda = new Agenda(loop.body, (id) => run.dependence.eagerSources(id))
  }

  async run(place: Place): Promise<void> {
    const run = this.#run
    const agenda = this.#agenda
    run.release(this.#loop.body)
    agenda.reset()
    agenda.want(this.#eager)
    for (let id = agenda.next(); id !== null && !run.isCancelled; id = agenda.next()) {
      const missing = run.missing(id, place)
      const outside = missing.filter((source) => !this.#members.has(source))
      if (outside.length > 0) await this.#scheduler.want(outside)
      agenda.want(missing)
      if (agenda.next() !== id) continue
      agenda.done(id)
      await run.runNode(id, place)
    }
  }
}
