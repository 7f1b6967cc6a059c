/** The runner: a process of its own that holds the engine, the nodes and the sessions, and does one job at a time. */
import { writeFile } from 'node:fs/promises'
import type { EngineEvent } from '#workflows/protocol.ts'
import { encodePreview } from './encode-preview.ts'
import type { FromRunner, Outcome, RunnerJob, RunnerOptions, ToRunner } from './messages.ts'
import type { StepPlace } from '../steps/step-store.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

interface RunningJob {
  readonly job: string
  readonly signal: { aborted: boolean }
  watched: boolean
}

let bench: Workbench | null = null
let running: RunningJob | null = null
let calls = 0
let drawings: Promise<void> = Promise.resolve()

process.on('message', (message) => void receive(message as ToRunner))
// Without a server there is nobody to work for.
process.once('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of a terminal; the server decides when this one ends.
process.on('SIGINT', () => undefined)

// Where memory runs out altogether, the system is to end this process and not the server.
void writeFile('/proc/self/oom_score_adj', '500').catch(() => undefined)

async function receive(message: ToRunner): Promise<void> {
  switch (message.kind) {
    case 'open':
      return open(message.options)
    case 'describe':
      return describe()
    case 'run':
      return run(message.job, message.watched)
    case 'cancel':
      if (running?.job === message.job) running.signal.aborted = true
      return
    case 'watched':
      if (running?.job === message.job) running.watched = message.watched
      return
    case 'draw':
      drawings = drawings.then(() => draw(message.request, message.place))
  }
}

async function open(options: RunnerOptions): Promise<void> {
  try {
    bench = await openWorkbench(options)
    await describe()
  } catch (error) {
    process.send?.({ kind: 'unusable', message: wordsOf(error) } satisfies FromRunner, () => process.exit(1))
  }
}

async function describe(): Promise<void> {
  if (bench) send({ kind: 'facts', facts: await bench.describe() })
}

/** Between the steps of the job under way, one after the other. */
async function draw(request: number, place: StepPlace): Promise<void> {
  try {
    send({ kind: 'drawn', request, drawn: { png: (await bench?.drawStep(place)) ?? null } })
  } catch (error) {
    send({ kind: 'drawn', request, drawn: { fault: wordsOf(error) } })
  }
}

async function run(job: RunnerJob, watched: boolean): Promise<void> {
  const own: RunningJob = { job: job.job, signal: { aborted: false }, watched }
  running = own
  const outcome = await attempt(job, own)
  running = null
  send({ kind: 'ended', job: job.job, outcome })
}

async function attempt({ job, workflow, targets, branch }: RunnerJob, own: RunningJob): Promise<Outcome> {
  if (!bench) return failed('Cannot run the workflow: the runner has not started yet')
  const begin = performance.now()
  try {
    const result = await bench.run({
      job,
      workflow,
      ...(targets && { targets }),
      ...(branch && { branch }),
      signal: own.signal,
      onCall: tellCall,
      emit: (event: EngineEvent) => send({ kind: 'event', job, event }),
      previews: {
        isWatched: () => own.watched,
        async send(place, image) {
          const { bytes, ...picture } = await encodePreview(image)
          send({ kind: 'preview', header: { job, ...place, ...picture }, bytes })
        },
      },
    })
    if (result.cancelled) return { kind: 'cancelled' }
    if (result.ok) return { kind: 'finished', ms: performance.now() - begin }
    return failed(result.errors.map(({ summary }) => summary).join('\n'))
  } catch (error) {
    return failed(wordsOf(error))
  }
}

/** Said before the code begins: once it blocks this process, nothing can be said. */
function tellCall(node: string): () => void {
  const call = ++calls
  send({ kind: 'call', call, node })
  return () => send({ kind: 'returned', call })
}

function failed(message: string): Outcome {
  return { kind: 'failed', message, code: 'nodes' }
}

function send(message: FromRunner): void {
  process.send?.(message)
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
