import { afterAll, beforeAll, expect, test } from 'vitest'
import { openModelFolder } from '#inference/checkpoint/model-folder.ts'
import { ImageEncoder } from '#inference/image-encoder.ts'
import type { Image } from '#inference/pictures.ts'
import { fixture } from './helpers/fixtures.ts'

let encoder: ImageEncoder
beforeAll(async () => {
  encoder = await ImageEncoder.open(await openModelFolder(fixture('text-image')), { provider: 'cpu' })
})
afterAll(async () => {
  await encoder.release()
})

function ramp(width: number, height: number): Image {
  return { width, height, data: new Float32Array(width * height * 3).map((_, i) => (i % 97) / 97) }
}

test('a reference picture of any size becomes one feature as long as those of texts', async () => {
  for (const picture of [ramp(24, 24), ramp(50, 31)]) {
    const { data, shape } = await encoder.encode(picture)
    expect(shape).toEqual([1, 24])
    expect(Math.hypot(...data)).toBeCloseTo(28.7, 4)
  }
})

test('two pictures become two features', async () => {
  const [one, two] = [await encoder.encode(ramp(24, 24)), await encoder.encode(ramp(31, 24))]
  expect(one.data).not.toEqual(two.data)
})
