import { describe, expect, it } from 'vitest'
import type { JobEvent } from '#workflows/protocol.ts'
import { JobLog, type Watcher } from '#server/jobs/job-log.ts'
import { memoryQueue } from '#server/jobs/job-queue.ts'

const bounds = { endedJobs: 2, keptEvents: 1000 }

function watcher(): Watcher & { readonly heard: JobEvent[] } {
  const heard: JobEvent[] = []
  return { heard, event: (event) => heard.push(event), preview: () => undefined }
}

function end(log: JobLog, job: string): void {
  log.open(job)
  log.append(job, { kind: 'finished', ms: 1 })
}

describe('the log of jobs', () => {
  it('numbers the events of each job by itself', () => {
    const log = new JobLog(bounds)
    log.open('a')
    log.open('b')
    log.append('a', { kind: 'started' })
    expect(log.view('a')).toMatchObject({ state: 'running', events: [{ seq: 1 }, { seq: 2 }] })
    expect(log.view('b')).toMatchObject({ state: 'queued', events: [{ seq: 1 }] })
  })

  it('gives what came after an event, and nothing twice', () => {
    const log = new JobLog(bounds)
    log.open('a')
    const seen = log.view('a')?.events ?? []
    const live = watcher()
    log.watch('a', live)
    log.append('a', { kind: 'started' })
    expect([...seen, ...live.heard].map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('takes nothing in after the end of a job', () => {
    const log = new JobLog(bounds)
    end(log, 'a')
    log.append('a', { kind: 'failed', message: 'too late', code: 'nodes' })
    expect(log.view('a')).toMatchObject({ state: 'finished', events: { length: 2 } })
  })

  it('forgets the oldest ended job, never one under way', () => {
    const log = new JobLog(bounds)
    log.open('under way')
    for (const job of ['a', 'b', 'c']) end(log, job)
    expect(['under way', 'a', 'b', 'c'].map((job) => log.view(job)?.state)).toEqual([
      'queued',
      undefined,
      'finished',
      'finished',
    ])
  })

  it('forgets ended jobs when there are too many events, but not the last', () => {
    const log = new JobLog({ endedJobs: 10, keptEvents: 3 })
    for (const job of ['a', 'b']) end(log, job)
    expect([log.view('a'), log.view('b')?.state]).toEqual([null, 'finished'])
  })
})

describe('the queue in memory', () => {
  const job = (id: string) => ({ job: id, workflow: { groundwork: 1 as const, nodes: {} } })

  it('gives first what came first', () => {
    const queue = memoryQueue(10)
    for (const id of ['a', 'b', 'c']) queue.add(job(id))
    queue.remove('b')
    expect([queue.take()?.job, queue.take()?.job, queue.take()]).toEqual(['a', 'c', undefined])
  })

  it('refuses one more than it holds, and takes it once there is room', () => {
    const queue = memoryQueue(2)
    expect(['a', 'b', 'c'].map((id) => queue.add(job(id)))).toEqual([true, true, false])
    queue.take()
    expect(queue.add(job('c'))).toBe(true)
  })
})
