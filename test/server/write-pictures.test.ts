import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stemOf, writePicture } from '#server/cli/write-pictures.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'groundwork-pictures-'))
})

afterEach(() => rm(dir, { recursive: true }))

const anyText = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) })

describe('the file of a picture', () => {
  it('is named after its node and its seed', () => {
    expect(stemOf('cat and dog', '7')).toBe('cat-and-dog-7')
    expect(stemOf('Käse 猫', null)).toBe('Käse-猫')
  })

  it('never has a name that leads elsewhere', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const stem = stemOf(name, null)
        expect(join('/out', `${stem}.png`)).toBe(`/out/${stem}.png`)
        expect(stem).toMatch(/^[^./\\]/)
      }),
    )
  })

  it('is kept when the same picture comes again, and never written over by another', async () => {
    const write = async (text: string) => basename(await writePicture(dir, 'cat-7', Buffer.from(text)))
    expect([
      await write('a'),
      await write('a'),
      await write('b'),
      await write('a'),
      await write('b'),
    ]).toEqual(['cat-7.png', 'cat-7.png', 'cat-7-2.png', 'cat-7.png', 'cat-7-2.png'])
    expect(await readdir(dir)).toHaveLength(2)
  })
})
