import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { limits } from '#server/limits.ts'
import { CallClock } from '#server/runner/call-clock.ts'

let overdue: (string | null)[]
let clock: CallClock

beforeEach(() => {
  vi.useFakeTimers()
  overdue = []
  clock = new CallClock(limits.nodeMs, (node) => overdue.push(node))
})

afterEach(() => vi.useRealTimers())

describe('the code of a node', () => {
  it('may run for as long as the limit says, and not a moment longer', () => {
    clock.begin(1, 'paint')
    vi.advanceTimersByTime(limits.nodeMs - 1)
    expect(overdue).toEqual([])
    vi.advanceTimersByTime(1)
    expect(overdue).toEqual(['paint'])
  })

  it('that has returned is not waited for, however long the job goes on', () => {
    for (let call = 1; call <= 3; call++) {
      clock.begin(call, 'step')
      vi.advanceTimersByTime(limits.nodeMs - 1)
      clock.end(call)
    }
    vi.advanceTimersByTime(limits.nodeMs)
    expect(overdue).toEqual([])
  })

  it('is bounded for itself where several nodes wait beside one another', () => {
    clock.begin(1, 'slow')
    vi.advanceTimersByTime(1)
    clock.begin(2, 'quick')
    clock.end(2)
    expect(clock.node).toBe('slow')
    vi.advanceTimersByTime(limits.nodeMs - 1)
    expect(overdue).toEqual(['slow'])
  })

  it('is forgotten with its job', () => {
    clock.begin(1, 'paint')
    expect(clock.node).toBe('paint')
    clock.clear()
    vi.advanceTimersByTime(limits.nodeMs)
    expect([overdue, clock.node]).toEqual([[], null])
  })
})
