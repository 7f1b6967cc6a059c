import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { readWorkflowFile } from '#server/cli/workflow-file.ts'
import { limits } from '#server/limits.ts'
import { PngTextError, readWorkflow, writeWorkflow } from '#server/pictures/png-text.ts'

let plain: Buffer

beforeAll(async () => {
  const raw = { width: 4, height: 3, channels: 3 } as const
  plain = await sharp(Buffer.alloc(36, 200), { raw }).png().toBuffer()
})

/** Reads, and fails the test for anything thrown that is not declared. */
function tryRead(bytes: Uint8Array): string | null {
  try {
    return readWorkflow(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(PngTextError)
    return null
  }
}

/** How many chunks a PNG has beside its pixels and its end. */
function others(png: Buffer): number {
  let count = 0
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (!['IDAT', 'IEND'].includes(png.toString('latin1', at + 4, at + 8))) count++
  return count
}

describe('a workflow in a PNG', () => {
  it('comes back as it was written, beyond ASCII too', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = readWorkflow(writeWorkflow(plain, { value, text: 'über 猫 🐱' }))
        expect(JSON.parse(text ?? '')).toEqual(JSON.parse(JSON.stringify({ value, text: 'über 猫 🐱' })))
      }),
      { numRuns: 100 },
    )
  })

  it('is Latin-1 in the file, and the pixels stay', async () => {
    const png = writeWorkflow(plain, { text: '猫' })
    expect(png.toString('latin1')).toContain('{"text":"\\u732b"}')
    expect(await sharp(png).raw().toBuffer()).toEqual(await sharp(plain).raw().toBuffer())
  })

  it('is null in a PNG that carries none', () => {
    expect(readWorkflow(plain)).toBeNull()
  })

  it('is refused when its checksum is wrong', () => {
    const png = writeWorkflow(plain, { text: 'a cat' })
    png.write('o', png.indexOf('a cat') + 3)
    expect(() => readWorkflow(png)).toThrow('its checksum is wrong, the file is damaged')
  })

  it('is read up to the limit, and refused when it is larger', () => {
    const png = writeWorkflow(plain, 'x'.repeat(limits.pngTextBytes - 1))
    expect(() => readWorkflow(png)).toThrow(PngTextError)
    expect(readWorkflow(writeWorkflow(plain, 'x'.repeat(limits.pngTextBytes - 2)))).toHaveLength(
      limits.pngTextBytes,
    )
  })

  it.each(['猫', '\u007f'])('can be opened however large it was sent, filled with %j', async (letter) => {
    const each = Buffer.byteLength(JSON.stringify(letter)) - 2
    const text = letter.repeat(Math.floor(limits.socketBytes / each) - 100)
    const dir = await mkdtemp(join(tmpdir(), 'groundwork-'))
    const path = join(dir, 'saved.png')
    try {
      await writeFile(path, writeWorkflow(plain, { text }))
      const opened = (await readWorkflowFile(path)) as { readonly text: string }
      expect(opened.text === text).toBe(true)
    } finally {
      await rm(dir, { recursive: true })
    }
  })

  it('is not looked for beyond 64 chunks', () => {
    const note = Buffer.from('\0\0\0\0tEXt\0\0\0\0', 'latin1')
    const notes = (count: number) => Buffer.concat(Array<Buffer>(count).fill(note))
    // Signature and IHDR take the first 33 bytes.
    const withNotes = (count: number) =>
      Buffer.concat([plain.subarray(0, 33), notes(count), plain.subarray(33)])
    const own = others(plain)
    for (const more of [-1, 0]) expect(readWorkflow(withNotes(limits.pngChunks - own + more))).toBeNull()
    expect(() => readWorkflow(withNotes(limits.pngChunks - own + 1))).toThrow('more than 64 chunks')
  })

  it('never throws anything but PngTextError at any truncation', () => {
    const png = writeWorkflow(plain, { text: 'a cat' })
    for (let length = 0; length < png.length; length++) tryRead(png.subarray(0, length))
    expect(() => readWorkflow(png.subarray(0, 40))).toThrow('the file ends in the middle')
  })

  it('never throws anything but PngTextError after any change of bytes', () => {
    const png = writeWorkflow(plain, { text: 'a cat' })
    const change = fc.record({ at: fc.nat(png.length - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const mutant = Buffer.from(png)
        for (const { at, byte } of changes) mutant[at] = byte
        tryRead(mutant)
      }),
      { numRuns: 1000 },
    )
  })

  it('never throws anything but PngTextError on bytes after a signature', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        tryRead(Buffer.concat([plain.subarray(0, 8), bytes]))
      }),
      { numRuns: 500 },
    )
  })
})
