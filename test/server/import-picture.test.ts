import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { importPicture } from '#server/pictures/import-picture.ts'
import { PictureError } from '#server/pictures/picture-file.ts'
import { limits } from '#server/limits.ts'

const raw = { width: 6, height: 4, channels: 3 } as const
const pixels = Buffer.from(Array.from({ length: 72 }, (_, i) => (i * 37) % 256))
const photo = () => sharp(pixels, { raw })

/** A black square of one bit per pixel: the smallest file of its size. */
function blackPng(side: number, rowCount = side): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(rowCount, 4)
  header.writeUInt8(1, 8)
  const rows = deflateSync(Buffer.alloc(rowCount * (1 + side / 8)))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

describe('importPicture', () => {
  it('takes a PNG as it is and drops what is not pixels', async () => {
    const file = await photo()
      .withExif({ IFD0: { Artist: 'somebody' } })
      .png()
      .toBuffer()
    const { png, width, height } = await importPicture(file)
    expect([width, height]).toEqual([6, 4])
    expect(await sharp(png).raw().toBuffer()).toEqual(pixels)
    expect((await sharp(png).metadata()).exif).toBeUndefined()
  })

  it.each(['jpeg', 'webp'] as const)('takes a %s', async (format) => {
    const { width, height, png } = await importPicture(await photo().toFormat(format).toBuffer())
    expect([width, height, png.subarray(1, 4).toString()]).toEqual([6, 4, 'PNG'])
  })

  it('turns a photo upright', async () => {
    const { width, height } = await importPicture(
      await photo().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    )
    expect([width, height]).toEqual([4, 6])
  })

  it('lays what is transparent on white', async () => {
    const clear = { width: 1, height: 1, channels: 4 } as const
    const { png } = await importPicture(
      await sharp(Buffer.from([9, 9, 9, 0]), { raw: clear })
        .png()
        .toBuffer(),
    )
    expect([...(await sharp(png).raw().toBuffer())]).toEqual([255, 255, 255])
  })

  it('takes a CMYK photo', async () => {
    const { png } = await importPicture(await photo().toColourspace('cmyk').jpeg().toBuffer())
    expect((await sharp(png).metadata()).channels).toBe(3)
  })

  it.each([
    [
      'an SVG',
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><script>alert(1)</script></svg>',
    ],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a GIF that is also a script', 'GIF89a/*\0\0\0*/=1;alert(1)'],
    ['nothing', ''],
  ])('refuses %s', async (_what, text) => {
    await expect(importPicture(Buffer.from(text))).rejects.toThrow(
      'only PNG, JPEG and WebP files can be read',
    )
  })

  it('refuses an SVG behind the first bytes of a PNG', async () => {
    const polyglot = Buffer.concat([(await photo().png().toBuffer()).subarray(0, 8), Buffer.from('<svg/>')])
    await expect(importPicture(polyglot)).rejects.toThrow('the file is damaged, save it again')
  })

  it('refuses a picture that breaks off, at every tenth of its length', async () => {
    const file = await photo().resize(64).png().toBuffer()
    for (let part = 1; part < 10; part++)
      await expect(importPicture(file.subarray(0, (file.length * part) / 10))).rejects.toThrow('damaged')
  })

  it('refuses a small file that would unfold to 16384 × 16384 pixels, without unfolding it', async () => {
    const bomb = blackPng(16_384)
    expect(bomb.length).toBeLessThan(100_000)
    const before = process.memoryUsage.rss()
    await expect(importPicture(bomb)).rejects.toThrow(
      `more than ${limits.picturePixels} pixels, make it smaller`,
    )
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6)
  })

  it('takes the most pixels that are allowed and refuses one column more', async () => {
    const blank = (width: number) =>
      sharp({ create: { width, height: 4096, channels: 3, background: '#fff' } })
        .png()
        .toBuffer()
    expect((await importPicture(await blank(4096))).width).toBe(4096)
    await expect(importPicture(await blank(4097))).rejects.toThrow('make it smaller')
  })

  it('takes the longest side that is allowed and refuses one pixel more', async () => {
    const strip = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#fff' } })
        .png()
        .toBuffer()
    expect((await importPicture(await strip(limits.pictureSide - 1, 1))).width).toBe(limits.pictureSide - 1)
    expect((await importPicture(await strip(limits.pictureSide, 1))).width).toBe(limits.pictureSide)
    const begin = performance.now()
    for (const [width, height] of [
      [limits.pictureSide + 1, 1],
      [1, limits.pictureSide + 1],
      [1, 65_535],
    ] as const)
      await expect(importPicture(await strip(width, height))).rejects.toThrow('a side has at most 16384')
    await expect(importPicture(blackPng(8, limits.picturePixels / 8))).rejects.toThrow('a side has at most')
    expect(performance.now() - begin).toBeLessThan(20_000)
  })

  it.each([
    ['zTXt', Buffer.from('a\0\0')],
    ['iCCP', Buffer.from('a\0\0')],
    ['iTXt', Buffer.from('a\0\u0001\0\0\0')],
  ])('does not unfold a %s chunk of 100 MB', async (type, head) => {
    const plain = blackPng(8)
    const bomb = chunk(type, Buffer.concat([head, deflateSync(Buffer.alloc(100e6), { level: 1 })]))
    const before = process.memoryUsage.rss()
    const attempt = importPicture(Buffer.concat([plain.subarray(0, 33), bomb, plain.subarray(33)]))
    await attempt.catch((error: unknown) => expect(error).toBeInstanceOf(PictureError))
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6)
  })

  it('refuses pixels that unfold to more than the picture holds, or that lie about it', async () => {
    const plain = blackPng(8)
    const end = plain.subarray(plain.length - 12)
    const long = Buffer.concat([
      plain.subarray(0, 33),
      chunk('IDAT', deflateSync(Buffer.alloc(50e6), { level: 1 })),
      end,
    ])
    const before = process.memoryUsage.rss()
    await importPicture(long).catch((error: unknown) => expect(error).toBeInstanceOf(PictureError))
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6)
    const none = Buffer.concat([plain.subarray(0, 33), end])
    await expect(importPicture(none)).rejects.toBeInstanceOf(PictureError)
  })

  it('refuses every other format that the library could read', async () => {
    for (const format of ['gif', 'tiff'] as const)
      await expect(importPicture(await photo().toFormat(format).toBuffer())).rejects.toThrow(
        'only PNG, JPEG and WebP',
      )
  })

  it('takes as many bytes as the limit and refuses one more', async () => {
    const padded = async (bytes: number) => Buffer.concat([await photo().png().toBuffer()], bytes)
    for (const more of [-1, 0])
      expect((await importPicture(await padded(limits.pictureBytes + more))).width).toBe(6)
    await expect(importPicture(Buffer.alloc(limits.pictureBytes + 1))).rejects.toThrow(
      'the limit is 20971520',
    )
  })
})
