import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPictureStore, type PictureStore } from '#server/pictures/picture-store.ts'

let dir: string
let store: PictureStore

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'groundwork-store-'))
  store = await openPictureStore(dir)
})

afterEach(() => rm(dir, { recursive: true }))

describe('the store of pictures', () => {
  it('gives back what was put in, under the hash of its content', async () => {
    const id = await store.put(Buffer.from('pixels'), { kept: true })
    expect(id).toBe('6ec9c2b0eb14010746c8bce8939303b382344b296206612eb8a907a37b2b2f37')
    expect((await store.get(id))?.toString()).toBe('pixels')
  })

  it('stores the same picture once', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => store.put(Buffer.from('pixels'), { kept: true })))
    expect(new Set(ids).size).toBe(1)
    expect(await readdir(join(dir, 'pictures'))).toHaveLength(1)
  })

  it('has nothing under a name that is no id', async () => {
    expect(await Promise.all(['', '..', '../pictures', 'A'.repeat(64)].map((id) => store.get(id)))).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it.each([
    [-1, 1],
    [0, 2],
    [1, 2],
  ])('with room for two shown pictures and %i bytes keeps %i', async (more, count) => {
    store = await openPictureStore(dir, { shownPicturesBytes: 120 + more })
    for (const value of [1, 2]) await store.put(Buffer.alloc(60, value), { kept: false })
    expect(await readdir(join(dir, 'shown'))).toHaveLength(count)
  })

  it('lets the oldest pictures go that were only shown, never a kept one', async () => {
    store = await openPictureStore(dir, { shownPicturesBytes: 100 })
    const kept = await store.put(Buffer.alloc(200, 1), { kept: true })
    const old = await store.put(Buffer.alloc(60, 2), { kept: false })
    await utimes(join(dir, 'shown', `${old}.png`), 1, 1)
    const young = await store.put(Buffer.alloc(60, 3), { kept: false })
    expect(await Promise.all([kept, old, young].map(async (id) => (await store.get(id)) !== null))).toEqual([
      true,
      false,
      true,
    ])
  })

  it('makes room when it is opened, too', async () => {
    const id = await store.put(Buffer.alloc(60), { kept: false })
    const smaller = await openPictureStore(dir, { shownPicturesBytes: 59 })
    expect(await smaller.get(id)).toBeNull()
  })

  it('goes on when a picture is gone that it was about to look at', async () => {
    await symlink('nowhere', join(dir, 'shown', `${'0'.repeat(64)}.png`))
    store = await openPictureStore(dir, { shownPicturesBytes: 1 })
    await expect(store.put(Buffer.alloc(2), { kept: false })).resolves.toMatch(/^[0-9a-f]{64}$/)
  })

  it('removes what a process that ended in the middle left behind, not what is being written', async () => {
    const [old, young] = [join(dir, 'pictures', 'old.part'), join(dir, 'shown', 'young.part')]
    for (const draft of [old, young]) await writeFile(draft, 'half a picture')
    await utimes(old, 1, 1)
    await openPictureStore(dir)
    expect(await readdir(join(dir, 'pictures'))).toEqual([])
    expect(await readdir(join(dir, 'shown'))).toEqual(['young.part'])
  })
})
