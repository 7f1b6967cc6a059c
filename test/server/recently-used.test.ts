import { describe, expect, it } from 'vitest'
import { limits } from '#server/limits.ts'
import { RecentlyUsed } from '#server/models/recently-used.ts'

function shelf(most = 2) {
  const made: string[] = []
  const gone: string[] = []
  const things = new RecentlyUsed<string>(most, async (thing) => void gone.push(thing))
  const use = (key: string) =>
    things.use(key, async () => {
      made.push(key)
      return key
    })
  return { things, use, made, gone }
}

describe('what was used recently', () => {
  it.each([
    [-1, []],
    [0, []],
    [1, ['0']],
  ])('is kept up to the limit of loaded models: of the limit and %i go %j', async (more, expected) => {
    const { use, gone } = shelf(limits.loadedModels)
    for (let key = 0; key < limits.loadedModels + more; key++) await use(`${key}`)
    expect(gone).toEqual(expected)
  })

  it('is made once, and what was used longest ago goes first', async () => {
    const { use, made, gone } = shelf()
    for (const key of ['a', 'b', 'a', 'c', 'a']) await use(key)
    expect([made, gone]).toEqual([['a', 'b', 'c'], ['b']])
  })

  it('is made again when it could not be made', async () => {
    const { things, use, gone } = shelf()
    await expect(things.use('a', () => Promise.reject(new Error('torn')))).rejects.toThrow('torn')
    expect(await use('a')).toBe('a')
    await things.clear()
    expect(gone).toEqual(['a'])
  })
})
