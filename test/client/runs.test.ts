import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { JobEvent } from '#workflows/protocol.ts'
import { emptyWorkflow } from '../../client/document/file.ts'
import { workflow } from '../../client/document/workflow-document.ts'
import { computedPart } from '../../client/live.ts'
import { useNotices } from '../../client/stores/notices.ts'
import { newest } from '../../client/stores/run-pictures.ts'
import { useRuns } from '../../client/stores/runs.ts'
import { useServer } from '../../client/stores/server.ts'
import { useTabs } from '../../client/stores/tabs.ts'
import { catalogue, loop, loopInside } from './workflows.ts'

const id = 'a'.repeat(64)
const event = (job: string, seq: number, part: object) => ({ job, seq, ...part }) as JobEvent
const output = (seq: number, picture: string, extra: object = {}) =>
  event('j', seq, { kind: 'output', node: 'end', picture, width: 8, height: 8, saved: true, ...extra })

let runs: ReturnType<typeof useRuns>
let tabs: ReturnType<typeof useTabs>

beforeEach(() => {
  setActivePinia(createPinia())
  workflow.open(emptyWorkflow)
  runs = useRuns()
  tabs = useTabs()
})

describe('the runs of a window', () => {
  it('keep what happened to a job that the queue told of before its own window did', () => {
    const tab = tabs.open(loop)
    runs.begin('j', loop, null)
    runs.take(event('j', 1, { kind: 'queued' }))
    runs.begin('j', loop, tab.id)
    expect(runs.runs).toHaveLength(1)
    expect(runs.current?.job.lastSeq).toBe(1)
  })

  it('ask for what they missed, and take nothing before it is there', () => {
    runs.begin('j', loop, null)
    expect(runs.take(event('j', 2, { kind: 'started' }))).toBe(false)
    expect(runs.byId('j')?.job.state).toBe('queued')
    expect(runs.take(event('j', 1, { kind: 'queued' }))).toBe(true)
    expect(runs.take(event('j', 2, { kind: 'started' }))).toBe(true)
    expect(runs.byId('j')?.job.state).toBe('running')
  })

  it('show in the graph the one under way, and each workflow only its own', () => {
    const first = tabs.open({ ...loop, name: 'first' })
    runs.begin('j', loop, first.id)
    runs.begin('k', loop, first.id)
    expect(runs.current?.job.id).toBe('j')
    runs.take(event('j', 1, { kind: 'queued' }))
    runs.take(event('j', 2, { kind: 'cancelled' }))
    expect(runs.current?.job.id).toBe('k')
    tabs.open({ ...loop, name: 'second' })
    expect(runs.current).toBeNull()
  })

  it('tell nodes in the loop of a subgraph, and the subgraph, how far that loop is', () => {
    useServer().nodes = catalogue
    runs.begin('j', loopInside, tabs.open(loopInside).id)
    runs.take(event('j', 1, { kind: 'queued' }))
    runs.take(event('j', 2, { kind: 'started' }))
    runs.take(event('j', 3, { kind: 'step', node: 'subgraph/start', index: 1, total: 4, cached: false }))
    const done = ['subgraph/body', 'subgraph', 'noise'].map((node) => runs.stepOf(node)?.done)
    expect(done).toEqual([2, 2, undefined])
  })

  it('begin anew when what ran the job died', () => {
    runs.begin('j', loop, null)
    runs.take(event('j', 1, { kind: 'queued' }))
    runs.take(event('j', 2, { kind: 'started' }))
    runs.take(output(3, id))
    runs.take(event('j', 4, { kind: 'queued', because: 'the server was started again' }))
    expect(runs.byId('j')?.job).toMatchObject({ outputs: [], message: 'the server was started again' })
  })

  it('have as their newest picture that of the last cell of a sweep, not the grid of all', () => {
    runs.begin('j', loop, null)
    runs.take(output(1, id, { cell: [0] }))
    runs.take(output(2, 'b'.repeat(64), { grid: true }))
    const run = runs.byId('j')
    expect(run && newest(run)?.source).toBe(`/api/pictures/${id}`)
  })

  it('end one that the server does not know any more with its sentence', () => {
    runs.begin('j', loop, null)
    runs.abandon('j', 'Cannot find the job')
    expect(runs.byId('j')?.job).toMatchObject({ state: 'failed', message: 'Cannot find the job' })
  })
})

describe('live mode', () => {
  it('runs again for what makes the picture, and for nothing else', () => {
    const looks = { ...loop, name: 'other', view: {}, form: { fields: ['noise.seed'] } }
    expect(computedPart(looks)).toEqual(computedPart(loop))
    const swept = { ...loop, sweep: { axes: [{ at: 'noise.seed', values: [1, 2] }] } }
    expect(computedPart(swept)).not.toEqual(computedPart(loop))
  })
})

describe('a notice', () => {
  it('goes away after its time, and not while somebody is at it', () => {
    vi.useFakeTimers()
    try {
      const notices = useNotices()
      notices.say('done')
      const [notice] = notices.notices
      notices.hold(notice?.id ?? 0)
      vi.advanceTimersByTime(60_000)
      expect(notices.notices).toHaveLength(1)
      notices.release(notice?.id ?? 0)
      vi.advanceTimersByTime(60_000)
      expect(notices.notices).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })
})
