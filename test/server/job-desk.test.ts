import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NodeInfo } from '#nodes/node-info.ts'
import type { JobEvent } from '#workflows/protocol.ts'
import { Dispatcher } from '#server/jobs/dispatcher.ts'
import { JobDesk, type LooseRunRequest } from '#server/jobs/job-desk.ts'
import { JobWatchers } from '#server/jobs/job-watchers.ts'
import { openNodeTimes } from '#server/jobs/node-times.ts'
import { SqliteQueue } from '#server/jobs/sqlite-queue.ts'
import { limits } from '#server/limits.ts'
import { openStore, type Store } from '#server/store/store.ts'
import { FakeRunner } from './helpers/fake-runner.ts'
import { workflowOf } from './helpers/toy-server.ts'

const wait = workflowOf({ waiting: { type: 'toy/wait' } })

let dir: string
let store: Store
let desk: JobDesk
let runner: FakeRunner

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'groundwork-desk-'))
  await open()
})

afterEach(async () => {
  await close()
  await rm(dir, { recursive: true })
})

async function open(): Promise<void> {
  store = await openStore(dir)
  const queue = new SqliteQueue(store.database, { ...limits, storeEveryMs: 0 })
  const watchers = new JobWatchers(limits)
  const times = openNodeTimes(store.database)
  const dispatcher = new Dispatcher((listener) => (runner = new FakeRunner(listener)), {
    ...{ queue, watchers, times },
    bounds: limits,
  })
  desk = new JobDesk({ queue, watchers, dispatcher })
  await desk.start()
}

async function close(): Promise<void> {
  await desk.stop(0)
  store.close()
}

/** Lets the desk hand the next job to its runner, and store what was reported. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve))
  await desk.check()
}

async function submit(more: Partial<LooseRunRequest> = {}): Promise<string> {
  const reply = await desk.submit({ workflow: wait, ...more })
  if (!reply.ok) throw new Error(reply.faults.map(({ message }) => message).join('; '))
  return reply.job
}

async function submitAll(count: number): Promise<string[]> {
  const jobs: string[] = []
  for (let n = 0; n < count; n++) jobs.push(await submit())
  await turn()
  return jobs
}

const stateOf = async (job: string | undefined) => (await desk.view(job ?? ''))?.state
const states = (jobs: readonly string[]) => Promise.all(jobs.map(stateOf))

function watcher() {
  const heard: JobEvent[] = []
  const pictures: string[] = []
  return {
    heard,
    pictures,
    event: (event: JobEvent) => heard.push(event),
    preview: ({ node }: { node: string }) => pictures.push(node),
  }
}

describe('the desk', () => {
  it('gives jobs to the runner one at a time, in the order they came', async () => {
    const jobs = await submitAll(3)
    expect(await states(jobs)).toEqual(['running', 'queued', 'queued'])
    await desk.cancel(jobs[0] ?? '')
    await turn()
    expect(await states(jobs)).toEqual(['cancelled', 'running', 'queued'])
  })

  it('takes a job out of the queue without a word to the runner', async () => {
    const jobs = await submitAll(2)
    expect(await desk.cancel(jobs[1] ?? '')).toEqual({ ok: true })
    expect(await states(jobs)).toEqual(['running', 'cancelled'])
  })

  it('cancels all there is', async () => {
    const jobs = await submitAll(3)
    expect((await desk.cancelAll()).toSorted()).toEqual(jobs.toSorted())
    await turn()
    expect(await states(jobs)).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })

  it('starts nothing while it is paused, and lets what runs go on', async () => {
    const jobs = await submitAll(2)
    await desk.setPaused(true)
    runner.finish()
    await turn()
    expect(await states(jobs)).toEqual(['finished', 'queued'])
    await desk.setPaused(false)
    await turn()
    expect(await states(jobs)).toEqual(['finished', 'running'])
  })

  it('runs an ended job again as a new job, and one under way not', async () => {
    const [job = ''] = await submitAll(1)
    expect(await desk.retry(job)).toMatchObject({ ok: false, code: 'not-waiting' })
    runner.finish()
    const again = await desk.retry(job)
    await turn()
    expect(again).toMatchObject({ ok: true, job: expect.not.stringContaining(job) })
    expect(again.ok && (await stateOf(again.job))).toBe('running')
  })

  it('gives ids that nobody can guess', async () => {
    expect(await submit()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('refuses to begin a loop in the middle at a node that is not there', async () => {
    const branch = { job: 'earlier', node: 'steps', step: 3 }
    expect(await desk.submit({ workflow: wait, branch })).toMatchObject({
      faults: [{ code: 'unknown-node' }],
    })
  })

  it('drops what a runner reports that is not as the protocol says', async () => {
    const [job = ''] = await submitAll(1)
    runner.report({ kind: 'value', node: 'waiting', text: 5 } as never)
    runner.report({ kind: 'value', node: 'waiting', text: 'five' })
    await turn()
    expect((await desk.view(job, 2))?.events).toMatchObject([{ seq: 3, text: 'five' }])
  })
})

describe('a job whose runner dies', () => {
  it('runs once more, and is parked when that one dies too', async () => {
    const jobs = await submitAll(2)
    runner.crash()
    await turn()
    expect(await states(jobs)).toEqual(['running', 'queued'])
    runner.crash()
    await turn()
    expect(await states(jobs)).toEqual(['failed', 'running'])
  })

  it('is not run again when it was being cancelled', async () => {
    const [job = ''] = await submitAll(1)
    runner.deaf = true
    await desk.cancel(job)
    runner.crash()
    expect(await stateOf(job)).toBe('cancelled')
  })

  it('is not run again when all there is was being cancelled', async () => {
    const [job = ''] = await submitAll(1)
    runner.deaf = true
    expect(await desk.cancelAll()).toEqual([job])
    runner.crash()
    expect(await stateOf(job)).toBe('cancelled')
  })
})

describe('a desk that is closed', () => {
  it('gives the running job back without blame: after the next start it runs', async () => {
    const jobs = await submitAll(2)
    for (let stop = 0; stop < 3; stop++) {
      await close()
      await open()
      await turn()
      expect(await states(jobs)).toEqual(['running', 'queued'])
    }
  })

  it('lets the running job end within the grace', async () => {
    const jobs = await submitAll(2)
    const stopped = desk.stop(60_000)
    runner.finish()
    await stopped
    expect(await states(jobs)).toEqual(['finished', 'queued'])
  })
})

describe('watching', () => {
  it('tells what was so far, then what comes, with nothing between them lost or told twice', async () => {
    const [job = ''] = await submitAll(1)
    const late = watcher()
    const view = await desk.watch(job, 1, late)
    runner.report({ kind: 'value', node: 'waiting', text: 'meanwhile' })
    await turn()
    expect([view?.events.map(({ seq }) => seq), late.heard]).toEqual([[2], []])
    view?.open()
    runner.report({ kind: 'value', node: 'waiting', text: 'later' })
    await turn()
    expect(late.heard.map(({ seq }) => seq)).toEqual([3, 4])
  })

  it('begins with the newest preview of each node, for whoever comes late', async () => {
    const [job = ''] = await submitAll(1)
    for (const node of ['a', 'b', 'a']) runner.draw(node)
    const late = watcher()
    const view = await desk.watch(job, 0, late)
    runner.draw('c')
    expect(late.pictures).toEqual([])
    view?.open()
    expect(late.pictures).toEqual(['b', 'a', 'c'])
  })

  it('ends when it is closed', async () => {
    const [job = ''] = await submitAll(1)
    const gone = watcher()
    const view = await desk.watch(job, 0, gone)
    view?.open()
    view?.close()
    runner.finish()
    expect(gone.heard).toEqual([])
  })
})

describe('a desk that takes no more', () => {
  const visitor = { name: 'session 1', isCounted: true }

  it('says so to a visitor with too many waiting jobs, and still takes those of others', async () => {
    await submit()
    await turn()
    for (let count = 0; count < limits.queuedJobsPerVisitor; count++)
      expect((await desk.submit({ workflow: wait }, visitor)).ok).toBe(true)
    const reply = await desk.submit({ workflow: wait }, visitor)
    expect(reply).toMatchObject({ ok: false, faults: [{ code: 'busy' }] })
    expect(JSON.stringify(reply)).toContain(`${limits.queuedJobsPerVisitor} of yours are waiting already`)
    expect((await desk.submit({ workflow: wait }, { ...visitor, name: 'session 2' })).ok).toBe(true)
  })

  it('says so of a small workflow that asks for endless work', async () => {
    const info = runner.facts.catalogue['toy/wait']
    const steps = { widget: 'int', title: '', description: '', default: 1, wire: null, max: 1e15 } as const
    const catalogue = {
      'toy/wait': { ...info, params: { steps: { ...steps, measures: 'times' } }, loop: null } as NodeInfo,
    }
    runner.facts = { ...runner.facts, catalogue }
    const ask = (value: number) =>
      desk.submit({ workflow: workflowOf({ w: { type: 'toy/wait', values: { steps: value } } }) })
    expect(await ask(1)).toMatchObject({ ok: true })
    expect(await ask(1e15)).toMatchObject({ ok: false, faults: [{ code: 'too-costly' }] })
  })
})
