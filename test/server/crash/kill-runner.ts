/** Kills the runner in the middle of a node, and measures until the job runs again. */
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '#server/limits.ts'
import { openEditor, workflowOf, type Editor } from '../helpers/toy-server.ts'
import { median, seeded } from './seeded.ts'
import { spawnToyServer } from './toy-process.ts'

export interface RunnerReport {
  readonly rounds: number
  readonly seed: number
  /** Jobs whose runner was killed once: they ran again and finished. */
  readonly finished: number
  /** Jobs whose runner was killed twice: failed with the code `crashed`. */
  readonly parked: number
  /** Jobs handed in behind a killed one that finished. */
  readonly next: number
  /** From the kill until the node runs again, where a spare runner stood by. */
  readonly againMs: number
  /** The same where none did: right after another kill. */
  readonly againWithoutSpareMs: number
}

const mark = (ms: number) => workflowOf({ mark: { type: 'toy/mark', values: { ms } } })

export async function killRunner(
  dir: string,
  { rounds, seed, say }: { rounds: number; seed: number; say: (line: string) => void },
): Promise<RunnerReport> {
  const random = seeded(seed)
  const begin = performance.now()
  const server = spawnToyServer(dir)
  const url = await server.ready
  if (url === null) throw new Error('The server did not start')
  // A spare runner is begun soon after the first one is up, and takes no longer than a server with its runner.
  const untilSpareMs = limits.spareAfterMs + (performance.now() - begin) * 1.5
  const editor = await openEditor({ url })
  const kill = () => server.child.kill('SIGUSR2')
  const [withSpare, without]: [number[], number[]] = [[], []]
  const count = { finished: 0, parked: 0, next: 0 }

  for (let round = 0; round < rounds; round++) {
    await pause(untilSpareMs)
    const kills = round % 3 === 2 ? 2 : 1
    const job = await editor.run(mark(300))
    const next = await editor.run(mark(0))
    for (let n = 1; n <= kills; n++) {
      await nodeStarts(editor, job, n)
      await pause(random() * 200)
      const killedAt = performance.now()
      kill()
      if (n > 1) continue
      await nodeStarts(editor, job, n + 1)
      withSpare.push(performance.now() - killedAt)
    }
    const killedAt = performance.now()
    const end = await editor.until(job, 'finished')
    if (end.kind === 'finished') count.finished++
    if (end.kind === 'failed' && end.code === 'crashed') count.parked++
    if ((await editor.until(next, 'finished')).kind === 'finished') count.next++
    if (kills === 2) without.push(performance.now() - killedAt)
    say(`round ${round + 1}: ${end.kind}, again after ${Math.round(withSpare.at(-1) ?? 0)} ms`)
  }
  editor.close()
  server.child.kill('SIGTERM')
  await server.ended
  return {
    ...{ rounds, seed, ...count },
    againMs: median(withSpare),
    againWithoutSpareMs: median(without),
  }
}

/** Resolves when the node of the job has started for the `time`-th time. */
async function nodeStarts(editor: Editor, job: string, time: number): Promise<void> {
  const starts = () => editor.events.filter((event) => event.job === job && event.kind === 'node-started')
  while (starts().length < time) await pause(1)
}
