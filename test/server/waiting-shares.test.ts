import { describe, expect, it } from 'vitest'
import { WaitingShares } from '#server/jobs/waiting-shares.ts'

/** A queue whose jobs wait until they are taken out. */
function queueOf(most: number) {
  const shares = new WaitingShares(most)
  const waiting: string[] = []
  return {
    waiting,
    /** Whether the visitor may add one more. */
    add: async (visitor: string, add = async () => waiting.push(`job ${waiting.length}`)) =>
      (await shares.within(visitor, `job ${waiting.length}`, waiting, add)) !== null,
  }
}

describe('the share of a visitor in the queue', () => {
  it('ends at the limit, and others still have theirs', async () => {
    const { add } = queueOf(3)
    const mine = [await add('me'), await add('me'), await add('me'), await add('me')]
    expect(mine).toEqual([true, true, true, false])
    expect(await add('you')).toBe(true)
  })

  it('is free again when a job of it no longer waits', async () => {
    const { add, waiting } = queueOf(1)
    expect([await add('me'), await add('me')]).toEqual([true, false])
    waiting.shift()
    expect(await add('me')).toBe(true)
  })

  it('counts what is on its way', async () => {
    const shares = new WaitingShares(1)
    let done = () => undefined
    const coming = shares.within(
      'me',
      'a',
      [],
      () => new Promise<void>((resolve) => (done = () => void resolve())),
    )
    expect(await shares.within('me', 'b', [], async () => undefined)).toBeNull()
    done()
    await coming
    expect(await shares.within('me', 'c', [], async () => 'added')).toBe('added')
  })

  it('is not taken by a job that could not be added', async () => {
    const { add } = queueOf(1)
    await expect(add('me', () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('full')
    expect(await add('me')).toBe(true)
  })
})
