import { describe, expect, it } from 'vitest'
import { TokenBucket } from '#server/sockets/token-bucket.ts'

describe('a token bucket', () => {
  function bucketOf(perMinute: number) {
    let now = 5_000
    const bucket = new TokenBucket(perMinute, () => now)
    return {
      wait: (ms: number) => void (now += ms),
      /** How many of so many could be taken. */
      taken: (wanted: number) => Array.from({ length: wanted }, () => bucket.take()).filter(Boolean).length,
    }
  }

  it.each([
    [59, 59],
    [60, 60],
    [61, 60],
  ])('of 60 a minute, asked for %i at once, gives %i', (wanted, given) => {
    expect(bucketOf(60).taken(wanted)).toBe(given)
  })

  it('fills evenly: one more after a second, and not a moment sooner', () => {
    const { taken, wait } = bucketOf(60)
    taken(60)
    wait(999)
    expect(taken(1)).toBe(0)
    wait(1)
    expect(taken(2)).toBe(1)
  })

  it('never holds more than it did at first', () => {
    const { taken, wait } = bucketOf(60)
    wait(3_600_000)
    expect(taken(100)).toBe(60)
  })

  it('gives to whoever asks all the time what fills in that time, and no more', () => {
    const { taken, wait } = bucketOf(60)
    taken(60)
    let given = 0
    for (let ms = 0; ms < 10_000; ms += 125) {
      wait(125)
      given += taken(5)
    }
    expect(given).toBe(10)
  })
})
