import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EngineEvent, JobEvent, LifecycleEvent } from '#workflows/protocol.ts'
import { isOver, newJob, reduceJob, type Job } from '../../client/stores/job.ts'
import { loop } from './workflows.ts'

function events(...plain: (EngineEvent | LifecycleEvent)[]): JobEvent[] {
  return plain.map((event, index) => ({ ...event, job: 'j', seq: index + 1 }))
}

const story = events(
  { kind: 'queued' },
  { kind: 'started' },
  { kind: 'node-started', node: 'body' },
  { kind: 'step', node: 'start', index: 0, total: 2, cached: false },
  { kind: 'step', node: 'start', index: 1, total: 2, cached: true },
  {
    kind: 'node-finished',
    node: 'body',
    runs: 1,
    cachedRuns: 1,
    ms: 20,
    why: 'first run',
    reasons: [{ kind: 'first' }],
  },
  { kind: 'value', node: 'end', text: '42' },
  { kind: 'output', node: 'end', picture: 'p', width: 64, height: 64, saved: true },
  { kind: 'finished', ms: 99 },
)

const after = (list: readonly JobEvent[], job: Job = newJob('j', loop)) =>
  list.reduce((state, event) => reduceJob(state, event).job, job)

describe('a job', () => {
  it('adds up what its events say', () => {
    const job = after(story)
    expect(job).toMatchObject({ state: 'finished', ms: 99, lastSeq: 9 })
    expect(job.nodes['body']).toMatchObject({ status: 'done', runs: 1, hits: 1, ms: 20, why: 'first run' })
    expect(job.nodes['end']?.value).toBe('42')
    expect(job.steps['start']).toEqual({ done: 2, total: 2, hits: 1, eta: null })
    expect(job.outputs).toHaveLength(1)
  })

  it('reports a gap and waits for what is missing', () => {
    const [first, , third] = story
    if (!first || !third) throw new Error('the story is too short')
    const job = after([first])
    expect(reduceJob(job, third)).toEqual({ job, gap: true })
  })

  it('comes to the same end when events are lost, repeated and fetched again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(story.length - 1), { maxLength: 40 }), (arrivals) => {
        const partly = after(arrivals.flatMap((index) => story[index] ?? []))
        const missed = story.filter(({ seq }) => seq > partly.lastSeq)
        expect(after(missed, partly)).toEqual(after(story))
      }),
    )
  })

  it('leaves no node running once it is cancelled, nor done what was stopped', () => {
    const job = after([...story.slice(0, 3), { kind: 'cancelled', job: 'j', seq: 4 }])
    expect(job.nodes['body']).toBeUndefined()
    expect(isOver(job)).toBe(true)
  })

  it('names the node that failed and those that never ran', () => {
    const job = after(
      events(
        { kind: 'node-failed', node: 'body', message: 'Cannot run' },
        { kind: 'node-skipped', node: 'end', because: 'body' },
        { kind: 'failed', message: 'Cannot run', code: 'nodes' },
      ),
    )
    expect(job.nodes).toMatchObject({
      body: { status: 'failed', message: 'Cannot run' },
      end: { status: 'skipped', message: 'body' },
    })
  })

  it('ignores the events of other jobs', () => {
    const job = newJob('j', loop)
    expect(reduceJob(job, { kind: 'queued', job: 'k', seq: 1 }).job).toBe(job)
  })
})
