/** Runs a loop: its start once, its body per iteration, its end once with what the last iteration carried. */
import type { Loop } from '#workflows/loops.ts'
import type { Run } from './run.ts'

export async function runLoop(run: Run, loop: Loop): Promise<void> {
  await run.runNode(loop.start, null)
  const begun = run.outputsOf(loop.start)
  if (begun) run.tally.finish(loop.start)
  const values = (begun?.[loop.each] ?? []) as readonly unknown[]
  let carried = Object.fromEntries(loop.carried.map((name) => [name, begun?.[name]]))
  for (const [index, value] of values.entries()) {
    run.setOutputs(loop.start, { ...carried, [loop.each]: value })
    const runsBefore = run.tally.runsOf(loop.body)
    for (const id of loop.body) await run.runNode(id, { index, total: values.length })
    if (run.isCancelled || run.skipIfBroken(loop.end)) break
    carried = Object.fromEntries(loop.carried.map((name) => [name, run.valueAt(loop.end, name)]))
    const cached = run.tally.runsOf(loop.body) === runsBefore
    run.options.emit({ kind: 'step', node: loop.start, index, total: values.length, cached })
  }
  if (run.isCancelled) return
  for (const id of loop.body) if (!run.skipIfBroken(id)) run.tally.finish(id)
  await run.runNode(loop.end, null, carried)
  if (run.outputsOf(loop.end)) run.tally.finish(loop.end)
}
