/** What every job queue promises, as tests that any adapter can be put through. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngineEvent, JobEvent } from '#workflows/protocol.ts'
import type { JobQueue, NewJob } from '#server/jobs/job-queue.ts'
import { QueueModel } from './helpers/queue-model.ts'

/** What the tests need of an adapter, beside the queue itself. */
export interface QueueHarness {
  /** A queue with room for 5 waiting jobs, 2 starts a job and 3 ended jobs, on a store of its own. */
  open(): Promise<JobQueue>
  /** The queue of a new process on the same store, as after a kill. */
  reopen(): Promise<JobQueue>
  end(): Promise<void>
}

const workflow = { groundwork: 1 as const, name: 'two cats', nodes: { a: { type: 'toy/text' } } }
const job = (id: string, more: Partial<NewJob> = {}): NewJob => ({
  job: id,
  request: { workflow },
  priority: 0,
  ...more,
})
const step = (index: number): EngineEvent => ({ kind: 'step', node: 'a', index, total: 9, cached: false })
const finished = { kind: 'finished', ms: 5 } as const
const picture = 'a'.repeat(64)
const output: EngineEvent = { kind: 'output', node: 'a', picture, width: 1, height: 1, saved: true }

export function queueContract(name: string, create: () => QueueHarness): void {
  let harness: QueueHarness
  let queue: JobQueue

  beforeEach(async () => {
    harness = create()
    queue = await harness.open()
  })

  afterEach(() => harness.end())

  const claimed = async () => (await queue.claim())?.job
  const stateOf = async (id: string) => (await queue.get(id))?.state
  const kinds = async (id: string) => (await queue.events(id, 0))?.map(({ kind }) => kind)

  describe(`${name}: handing in`, () => {
    it('stores the job with its first event', async () => {
      expect(await queue.add(job('a'))).toEqual({ kind: 'added' })
      expect(await queue.get('a')).toMatchObject({
        state: 'queued',
        name: 'two cats',
        nodes: 1,
        started: null,
      })
      expect(await queue.events('a', 0)).toEqual([{ job: 'a', seq: 1, kind: 'queued' }])
      expect(await queue.request('a')).toEqual({ workflow })
    })

    it('twice with one key gives the first job', async () => {
      await queue.add(job('a', { key: 'k' }))
      expect(await queue.add(job('b', { key: 'k' }))).toEqual({ kind: 'known', job: 'a' })
      expect(await queue.get('b')).toBeNull()
    })

    it('another request with a used key is refused', async () => {
      await queue.add(job('a', { key: 'k' }))
      const other = { workflow: { ...workflow, name: 'a dog' } }
      expect(await queue.add(job('b', { key: 'k', request: other }))).toEqual({ kind: 'other-request' })
    })

    it('is refused while too many wait, and taken once there is room', async () => {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await queue.add(job(id))
      expect(await queue.add(job('f'))).toEqual({ kind: 'full' })
      await queue.claim()
      expect(await queue.add(job('f'))).toEqual({ kind: 'added' })
    })
  })

  describe(`${name}: the order`, () => {
    it('is that of arrival', async () => {
      for (const id of ['a', 'b', 'c']) await queue.add(job(id))
      expect([await claimed(), await claimed(), await claimed(), await claimed()]).toEqual([
        'a',
        'b',
        'c',
        undefined,
      ])
    })

    it('puts a higher priority first, and arrival decides between equals', async () => {
      await queue.add(job('low', { priority: -1 }))
      await queue.add(job('a'))
      await queue.add(job('b'))
      await queue.add(job('high', { priority: 5 }))
      await queue.prioritise('b', 1)
      expect((await queue.view()).queued).toEqual(['high', 'b', 'a', 'low'])
      expect([await claimed(), await claimed()]).toEqual(['high', 'b'])
    })

    it('of a job that does not wait cannot be changed', async () => {
      await queue.add(job('a'))
      await queue.claim()
      expect(await queue.prioritise('a', 1)).toBe('not-waiting')
      expect(await queue.prioritise('none', 1)).toBe('unknown')
    })

    it('holds while the queue is paused, over a restart too', async () => {
      await queue.add(job('a'))
      await queue.setPaused(true)
      queue = await harness.reopen()
      expect([await claimed(), (await queue.view()).paused]).toEqual([undefined, true])
      await queue.setPaused(false)
      expect(await claimed()).toBe('a')
    })
  })

  describe(`${name}: cancelling`, () => {
    it('takes a waiting job out, and no other', async () => {
      for (const id of ['a', 'b']) await queue.add(job(id))
      expect(await queue.cancel('a')).toBe('cancelled')
      expect([await stateOf('a'), await claimed()]).toEqual(['cancelled', 'b'])
    })

    it('leaves a running job to whoever runs it', async () => {
      await queue.add(job('a'))
      await queue.claim()
      expect([await queue.cancel('a'), await stateOf('a')]).toEqual(['running', 'running'])
      queue.append('a', { kind: 'cancelled' })
      expect(await stateOf('a')).toBe('cancelled')
    })

    it('of a running job holds even if the process dies before it stops', async () => {
      await queue.add(job('a'))
      await queue.claim()
      await queue.cancel('a')
      queue = await harness.reopen()
      await queue.recover()
      expect(await stateOf('a')).toBe('cancelled')
    })

    it('of what ended or never was changes nothing', async () => {
      await queue.add(job('a'))
      await queue.cancel('a')
      expect([await queue.cancel('a'), await queue.cancel('none')]).toEqual(['ended', 'unknown'])
    })

    it('of all takes out what waits and leaves what runs', async () => {
      for (const id of ['a', 'b', 'c']) await queue.add(job(id))
      await queue.claim()
      expect(await queue.cancelWaiting()).toEqual(['b', 'c'])
      expect(await queue.view()).toEqual({ paused: false, queued: [], running: 'a' })
    })
  })

  describe(`${name}: events`, () => {
    it('are numbered per job, and stored with the state they lead to', async () => {
      for (const id of ['a', 'b']) await queue.add(job(id))
      await queue.claim()
      for (const event of [step(0), output, finished]) queue.append('a', event)
      expect((await queue.events('a', 0))?.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
      expect(await queue.get('a')).toMatchObject({ state: 'finished', ms: 5, pictures: [picture] })
      expect(await queue.events('a', 4)).toMatchObject([{ seq: 5, kind: 'finished', ms: 5 }])
      expect(await kinds('b')).toEqual(['queued'])
    })

    it('are told once they are stored, in order', async () => {
      const heard: JobEvent[] = []
      queue.subscribe({ event: (event) => heard.push(event), changed: () => undefined })
      await queue.add(job('a'))
      await queue.claim()
      for (const event of [step(0), step(1), finished]) queue.append('a', event)
      await queue.check()
      expect(heard).toEqual(await queue.events('a', 0))
      expect(heard).toHaveLength(5)
    })

    it('do not follow an end', async () => {
      await queue.add(job('a'))
      await queue.claim()
      queue.append('a', finished)
      queue.append('a', { kind: 'failed', message: 'too late', code: 'nodes' })
      expect(await kinds('a')).toEqual(['queued', 'started', 'finished'])
    })

    it('of a job that nobody knows are null', async () => {
      expect(await queue.events('none', 0)).toBeNull()
      queue.append('none', step(0))
      await queue.check()
    })
  })

  describe(`${name}: after a kill`, () => {
    it('what waited waits, in its order', async () => {
      for (const id of ['a', 'b']) await queue.add(job(id))
      queue = await harness.reopen()
      await queue.recover()
      expect((await queue.view()).queued).toEqual(['a', 'b'])
    })

    it('what ran waits again in its old place, once', async () => {
      for (const id of ['a', 'b']) await queue.add(job(id))
      await queue.claim()
      queue = await harness.reopen()
      await queue.recover()
      expect((await queue.view()).queued).toEqual(['a', 'b'])
      expect(await kinds('a')).toEqual(['queued', 'started', 'queued'])
    })

    it('what was started twice is parked with a reason, and the next job runs', async () => {
      for (const id of ['poison', 'b']) await queue.add(job(id))
      for (let kill = 0; kill < 2; kill++) {
        expect(await claimed()).toBe('poison')
        queue = await harness.reopen()
        await queue.recover()
      }
      expect(await queue.get('poison')).toMatchObject({
        state: 'failed',
        failure: 'crashed',
        message: expect.stringContaining('the job was started 2 times'),
      })
      expect((await queue.events('poison', 0))?.at(-1)).toMatchObject({ kind: 'failed', code: 'crashed' })
      expect(await claimed()).toBe('b')
    })

    it('what had ended stays as it was', async () => {
      await queue.add(job('a'))
      await queue.claim()
      queue.append('a', finished)
      const before = await queue.events('a', 0)
      queue = await harness.reopen()
      await queue.recover()
      expect(await queue.events('a', 0)).toEqual(before)
    })

    it('a key is still known', async () => {
      await queue.add(job('a', { key: 'k' }))
      queue = await harness.reopen()
      expect(await queue.add(job('b', { key: 'k' }))).toEqual({ kind: 'known', job: 'a' })
    })
  })

  describe(`${name}: giving back`, () => {
    it('a job whose runner died has it wait again with the reason, and its pictures are forgotten', async () => {
      await queue.add(job('a'))
      await queue.claim()
      queue.append('a', output)
      queue.giveBack('a', { because: 'The runner ended', counts: true })
      expect(await queue.get('a')).toMatchObject({ state: 'queued', started: null, pictures: [] })
      expect((await queue.events('a', 3))?.[0]).toMatchObject({ kind: 'queued', because: 'The runner ended' })
    })

    it('without blame can be done any number of times', async () => {
      await queue.add(job('a'))
      for (let stop = 0; stop < 4; stop++) {
        expect(await claimed()).toBe('a')
        queue.giveBack('a', { because: 'The server was stopped', counts: false })
      }
      expect(await stateOf('a')).toBe('queued')
    })

    it('a job that does not run changes nothing', async () => {
      await queue.add(job('a'))
      queue.giveBack('a', { because: 'none', counts: true })
      expect(await kinds('a')).toEqual(['queued'])
    })
  })

  describe(`${name}: the history`, () => {
    const endAll = async (...ids: string[]) => {
      for (const id of ids) {
        await queue.add(job(id))
        await queue.claim()
        queue.append(id, finished)
      }
    }

    it('comes newest first, page by page, each job once', async () => {
      for (const id of ['a', 'b', 'c', 'd']) await queue.add(job(id))
      const first = await queue.list({ limit: 3 })
      await queue.add(job('e'))
      const second = await queue.list({ limit: 3, before: first.next ?? '' })
      expect([first, second].map(({ jobs }) => jobs.map(({ job }) => job))).toEqual([['d', 'c', 'b'], ['a']])
      expect(second.next).toBeNull()
    })

    it('can be asked for some states only', async () => {
      await endAll('a')
      for (const id of ['b', 'c']) await queue.add(job(id))
      await queue.cancel('b')
      const { jobs } = await queue.list({ limit: 9, states: ['finished', 'cancelled'] })
      expect(jobs.map(({ job, state }) => [job, state])).toEqual([
        ['b', 'cancelled'],
        ['a', 'finished'],
      ])
    })

    it('forgets the oldest ended jobs beyond its bound, never one that waits', async () => {
      await queue.add(job('waits', { priority: -1 }))
      await endAll('a', 'b', 'c', 'd', 'e')
      queue = await harness.reopen()
      await queue.recover()
      expect((await queue.list({ limit: 9 })).jobs.map(({ job }) => job)).toEqual(['e', 'd', 'c', 'waits'])
      expect(await queue.events('a', 0)).toBeNull()
    })
  })

  describe(`${name}: whatever happens`, () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('add' as const), priority: fc.integer({ min: -2, max: 2 }) }),
      fc.record({ do: fc.constant('claim' as const) }),
      fc.record({ do: fc.constant('finish' as const) }),
      fc.record({ do: fc.constant('crash' as const) }),
      fc.record({ do: fc.constant('kill' as const) }),
      fc.record({ do: fc.constant('cancel' as const), which: fc.nat(20) }),
      fc.record({ do: fc.constant('prioritise' as const), which: fc.nat(20), priority: fc.nat(2) }),
    )

    it('it does what a list in memory would do', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
          const own = create()
          let real = await own.open()
          const model = new QueueModel()
          for (const act of actions) {
            if (act.do === 'add') {
              const id = `job${model.jobs.length}`
              const added = await real.add(job(id, { priority: act.priority }))
              expect(added.kind).toBe(model.add(id, act.priority))
            } else if (act.do === 'claim') {
              if (!model.running) expect((await real.claim())?.job).toBe(model.claim())
            } else if (act.do === 'finish') {
              if (model.running) real.append(model.running.id, finished)
              model.finish()
            } else if (act.do === 'crash') {
              if (model.running) real.giveBack(model.running.id, { because: 'died', counts: true })
              model.crash()
            } else if (act.do === 'kill') {
              real = await own.reopen()
              await real.recover()
              model.crash()
            } else if (act.do === 'cancel') {
              await real.cancel(`job${act.which}`)
              model.cancel(`job${act.which}`)
            } else {
              await real.prioritise(`job${act.which}`, act.priority)
              model.prioritise(`job${act.which}`, act.priority)
            }
            expect(await real.view()).toMatchObject(model.view())
          }
          await own.end()
        }),
        { numRuns: 15 },
      )
    })
  })
}
