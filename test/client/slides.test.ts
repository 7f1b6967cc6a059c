import { describe, expect, it } from 'vitest'
import type { KeptStep } from '#workflows/protocol.ts'
import { newJob } from '../../client/stores/job.ts'
import { mergeJobs } from '../../client/stores/job-list.ts'
import type { Frame, Run } from '../../client/stores/runs.ts'
import { slidesOf } from '../../client/stores/slides.ts'
import { timeLeft } from '../../client/stores/time-left.ts'
import { catalogue, loop, loopInside } from './workflows.ts'

const frame = (step: number | null, beta: number | null = 1): Frame => ({
  job: 'j',
  node: 'body',
  mime: 'image/png',
  width: 8,
  height: 8,
  step,
  total: 4,
  beta,
  blob: new Blob(),
})
const run = (...frames: Frame[]): Run => ({
  job: newJob('j', loop),
  tab: null,
  frames,
  startedAt: 0,
  endedAt: null,
})
const kept = (index: number): KeptStep => ({ node: 'start', index, total: 4, beta: 0.5 })

describe('the steps of a run', () => {
  it('are the previews of a loop, under the node that starts it, in order', () => {
    const slides = slidesOf(run(frame(2), frame(0), frame(null)), [], catalogue)
    expect([...slides.keys()]).toEqual(['start'])
    expect(slides.get('start')?.map(({ index, isKept }) => [index, isKept])).toEqual([
      [0, false],
      [2, false],
    ])
  })

  it('of a loop in a subgraph are one row, whether they came over the line or were kept', () => {
    const inside: Run = {
      ...run({ ...frame(0), node: 'subgraph/body' }),
      job: newJob('j', loopInside),
    }
    expect([...slidesOf(inside, [], catalogue).keys()]).toEqual(['subgraph/start'])
    const both = slidesOf(inside, [{ ...kept(0), node: 'subgraph/start' }], catalogue)
    expect([...both.keys()]).toEqual(['subgraph/start'])
  })

  it('are what the server kept, once it has kept some', () => {
    const slides = slidesOf(run(frame(0)), [kept(1), kept(0)], catalogue).get('start') ?? []
    expect(slides.map(({ index }) => index)).toEqual([0, 1])
    expect(slides.every(({ isKept }) => isKept)).toBe(true)
    expect(slides[1]?.shown.source).toBe('/api/jobs/j/steps/start/1')
  })

  it('of a sweep are those of the cell that is asked for, or of the first, and those that all cells share', () => {
    const [first, other] = [
      { ...kept(1), cell: [0, 0] },
      { ...kept(1), cell: [0, 1] },
    ]
    const steps = [kept(0), first, other]
    const sources = (cell?: number[]) =>
      slidesOf(run(), steps, catalogue, { cell: cell ?? null })
        .get('start')
        ?.map(({ shown }) => shown.source)
    const shared = '/api/jobs/j/steps/start/0'
    expect(sources([0, 1])).toEqual([shared, '/api/jobs/j/steps/start/1?cell=0,1'])
    expect(sources()).toEqual([shared, '/api/jobs/j/steps/start/1?cell=0,0'])
  })

  it('over a list are those of the item that is asked for, or of the first', () => {
    const steps = [0, 1].map((index) => ({ ...kept(1), item: { index, total: 2 } }))
    const sources = (item?: number) =>
      slidesOf(run(), steps, catalogue, { item: item ?? null })
        .get('start')
        ?.map(({ shown }) => shown.source)
    expect(sources(1)).toEqual(['/api/jobs/j/steps/start/1?item=1'])
    expect(sources()).toEqual(['/api/jobs/j/steps/start/1?item=0'])
  })

  it('are the same objects each time, so that no picture is drawn again', () => {
    const steps = [kept(0)]
    const first = slidesOf(run(), steps, catalogue).get('start')?.[0]
    expect(slidesOf(run(frame(3)), steps, catalogue).get('start')?.[0]).toBe(first)
  })
})

describe('the time left', () => {
  const step = { done: 1, total: 4, hits: 0, eta: { ms: 3000, at: 1000 } }

  it('is counted down from the last step', () => {
    expect(timeLeft(step, 2000)).toBe(2000)
  })
  it('is never less than nothing', () => {
    expect(timeLeft(step, 9000)).toBe(0)
  })
  it('is unknown while the server has told none', () => {
    expect(timeLeft({ ...step, eta: null }, 2000)).toBeNull()
    expect(timeLeft(undefined, 2000)).toBeNull()
  })
})

describe('the list of jobs', () => {
  const job = (id: string, created: number, state: 'queued' | 'finished') => ({
    job: id,
    name: '',
    state,
    priority: 0,
    created,
    started: null,
    ended: null,
    ms: null,
    message: null,
    failure: null,
    pictures: [],
    nodes: 1,
  })

  it('holds each job once, as it was heard of last, newest first', () => {
    const merged = mergeJobs(
      [job('a', 1, 'queued'), job('b', 2, 'queued')],
      [job('a', 1, 'finished'), job('c', 3, 'queued')],
    )
    expect(merged.map(({ job: id, state }) => [id, state])).toEqual([
      ['c', 'queued'],
      ['b', 'queued'],
      ['a', 'finished'],
    ])
  })
})
