import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import {
  decodePicture,
  encodePng,
  fromPixels,
  preprocess,
  readPreprocessing,
  resizePicture,
  toPixels,
  type Image,
} from '#inference/pictures.ts'

/** Two pixels: red above half-grey. */
const image: Image = { width: 1, height: 2, data: Float32Array.of(1, 0, 0, 128 / 255, 128 / 255, 128 / 255) }

describe('a picture', () => {
  test('survives PNG unchanged', async () => {
    expect(await decodePicture(await encodePng(image))).toEqual(image)
  })

  test('is read from WebP', async () => {
    const bytes = Uint8Array.from({ length: 16 * 8 * 3 }, (_, i) => i / 2)
    const webp = await sharp(bytes, { raw: { width: 16, height: 8, channels: 3 } })
      .webp({ lossless: true })
      .toBuffer()
    const { width, height, data } = await decodePicture(webp)
    expect([width, height]).toEqual([16, 8])
    expect([...data].map((value) => Math.round(value * 255))).toEqual([...bytes])
  })

  test('becomes pixels and comes back', () => {
    const pixels = toPixels(image)
    expect(pixels.shape).toEqual([1, 3, 2, 1])
    expect([...pixels.data.slice(0, 2)]).toEqual([1, 2 * (image.data[3] ?? 0) - 1].map(Math.fround))
    const [back] = fromPixels(pixels)
    back?.data.forEach((value, i) => expect(value).toBeCloseTo(image.data[i] ?? NaN, 6))
  })

  test('is clamped where a network went too far', () => {
    const [{ data } = image] = fromPixels({ data: Float32Array.of(3, -3, 0), shape: [1, 3, 1, 1] })
    expect([...data]).toEqual([1, 0, 0.5])
  })

  test('is resized by stretching or cropping', async () => {
    const size = { width: 4, height: 4 }
    for (const fit of ['fill', 'cover'] as const) {
      const resized = await resizePicture(image, { ...size, fit })
      expect(resized).toMatchObject(size)
      expect(resized.data).toHaveLength(48)
    }
  })

  test('larger than allowed is refused before it is unpacked', async () => {
    const png = await encodePng({ width: 30, height: 30, data: new Float32Array(2700) })
    await expect(decodePicture(png, { maxPixels: 899 })).rejects.toThrow(
      /^Cannot read the picture: .* it must be a PNG, JPEG or WebP of at most 899 pixels$/,
    )
  })

  test.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>'],
    [
      'GIF',
      'GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;',
    ],
    ['nothing', ''],
  ])('that is %s is refused', async (_kind, text) => {
    await expect(decodePicture(Buffer.from(text, 'latin1'))).rejects.toThrow('it must be a PNG, JPEG or WebP')
  })

  test('that is damaged is refused', async () => {
    const png = Buffer.from(
      await encodePng({
        width: 64,
        height: 64,
        data: new Float32Array(64 * 64 * 3).map((_, i) => (i % 7) / 7),
      }),
    )
    await expect(decodePicture(png.subarray(0, png.length / 2))).rejects.toThrow('Cannot read the picture')
  })

  test('is normalised for an image encoder as its processor says', async () => {
    const grey: Image = { width: 2, height: 4, data: new Float32Array(24).fill(0.5) }
    const config = { image_mean: [0.5, 0.4, 0.3], image_std: [0.5, 0.5, 0.5], do_center_crop: false }
    const { data, shape } = await preprocess(grey, readPreprocessing(config, 2))
    expect(shape).toEqual([1, 3, 2, 2])
    ;[0, 0.2, 0.4].forEach((value, c) => expect(data[4 * c]).toBeCloseTo(value, 2))
    expect(() => readPreprocessing({ image_mean: [1] }, 2)).toThrow(
      'image_mean is [1], it must be three numbers',
    )
  })
})
