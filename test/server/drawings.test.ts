import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { limits } from '#server/limits.ts'
import { Drawings } from '#server/runner/drawings.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function drawings() {
  const own = new Drawings(limits)
  const sent: number[] = []
  const ask = () => own.ask((request) => sent.push(request))
  return { own, sent, ask }
}

/** How a promise stands: what it became, or that it is still open. */
const standing = (promise: Promise<unknown>) =>
  Promise.race([promise.catch((error: Error) => error.message), Promise.resolve('open')])

describe('pictures that a runner was asked for', () => {
  it('may wait up to the limit, and one more is refused until one is drawn', async () => {
    const { own, sent, ask } = drawings()
    const waiting = Array.from({ length: limits.waitingDrawings - 1 }, ask)
    waiting.push(ask())
    await expect(ask()).rejects.toThrow('Cannot draw the step now: too many are waiting already')
    own.settle(sent[0] ?? 0, { png: null })
    expect(await waiting[0]).toEqual({ png: null })
    waiting.push(ask())
    expect(sent).toHaveLength(limits.waitingDrawings + 1)
    own.failAll()
    await Promise.allSettled(waiting)
  })

  it('are waited for as long as the limit says, not longer', async () => {
    const { own, sent, ask } = drawings()
    const waiting = ask()
    vi.advanceTimersByTime(limits.drawingMs - 1)
    expect(await standing(waiting)).toBe('open')
    vi.advanceTimersByTime(1)
    await expect(waiting).rejects.toThrow('the runner is busy, ask again in a moment')
    own.settle(sent[0] ?? 0, { png: null })
  })

  it('are nobody’s any more when the runner ends', async () => {
    const { own, ask } = drawings()
    const waiting = ask()
    own.failAll()
    await expect(waiting).rejects.toThrow('the runner ended')
  })
})
