/** Runs one unit of a plan: a node or a loop, once or once per item of the lists that arrive. */
import { membersOf, nameOf, type Unit } from '#workflows/unit.ts'
import type { Outputs } from './cache.ts'
import { once, type Turn } from './place.ts'
import { runLoop } from './run-loop.ts'
import type { Run } from './run.ts'
import type { Scheduler } from './scheduler.ts'

export async function runUnit(run: Run, scheduler: Scheduler, unit: Unit): Promise<void> {
  const name = nameOf(unit)
  const giver = unit.kind === 'node' ? unit.id : unit.end
  if (!run.isMapped(name)) {
    if (unit.kind === 'loop') await runLoop(run, scheduler, unit, null)
    else await run.runNode(unit.id, once)
  } else await runItems(run, scheduler, unit)
  if (run.outputsOf(giver)) run.tally.finish(giver)
  run.share(name, giver)
}

/** Item after item; what they gave is put together to lists. A failure ends it, as it ends a loop. */
async function runItems(run: Run, scheduler: Scheduler, unit: Unit): Promise<void> {
  const giver = unit.kind === 'node' ? unit.id : unit.end
  for (const id of membersOf(unit)) run.skipIfBroken(id)
  if (run.skipIfBroken(giver)) return
  const total = run.countItems(membersOf(unit))
  if (total === null) return
  const gave: Outputs[] = []
  for (let index = 0; index < total; index++) {
    const item: Turn = { index, total }
    if (unit.kind === 'loop') await runLoop(run, scheduler, unit, item)
    else await run.runNode(unit.id, { iteration: null, item })
    const outputs = run.outputsOf(giver)
    if (!outputs || run.isCancelled || run.skipIfBroken(giver)) return
    gave.push(outputs)
    run.release(membersOf(unit))
  }
  run.setOutputs(giver, run.listsOf(giver, gave))
}
