import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { limits } from '#server/limits.ts'
import { QueueTeller } from '#server/sockets/queue-teller.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('changes of the queue', () => {
  it('are told when the moment is over, not before, and as one', () => {
    const tell = vi.fn()
    const teller = new QueueTeller(limits.queueEventMs, tell)
    teller.soon()
    vi.advanceTimersByTime(limits.queueEventMs - 1)
    teller.soon()
    expect(tell).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(tell).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(limits.queueEventMs)
    expect(tell).toHaveBeenCalledOnce()
  })

  it('after that moment are told again', () => {
    const tell = vi.fn()
    const teller = new QueueTeller(limits.queueEventMs, tell)
    for (const ms of [limits.queueEventMs, limits.queueEventMs + 1]) {
      teller.soon()
      vi.advanceTimersByTime(ms)
    }
    expect(tell).toHaveBeenCalledTimes(2)
  })

  it('are told nobody who has gone', () => {
    const tell = vi.fn()
    const teller = new QueueTeller(limits.queueEventMs, tell)
    teller.soon()
    teller.stop()
    vi.runAllTimers()
    expect(tell).not.toHaveBeenCalled()
  })
})
