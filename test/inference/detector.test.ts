import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Detector, kindIn } from '#inference/detector.ts'
import type { Image } from '#inference/pictures.ts'
import { harms, hostileDetector } from '../helpers/hostile-detector.ts'
import { tinyDetectorConfig, writeTinyDetector } from '../helpers/tiny-detector.ts'

let model: string
beforeAll(async () => {
  model = await mkdtemp(join(tmpdir(), 'detector-'))
})
afterAll(async () => {
  await rm(model, { recursive: true })
})

/** Red on the left, green on the right. */
function redAndGreen(side: number): Image {
  const data = Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const left = Math.floor(i / 3) % side < side / 2
    return i % 3 === (left ? 0 : 1) ? 0.9 : 0
  })
  return { width: side, height: side, data }
}

async function look(image: Image, config: object = tinyDetectorConfig) {
  await writeTinyDetector(model, config)
  const detector = await Detector.open(model)
  try {
    return await detector.look(image)
  } finally {
    await detector.release()
  }
}

describe('a detector', () => {
  test.each([16, 64])('sees what stands where in a picture of %i pixels', async (side) => {
    const { detections, places } = await look(redAndGreen(side))
    expect(detections.map(({ kind, box }) => [kind, box])).toEqual([
      ['cat', [0, 0, 0.5, 1]],
      ['dog', [0.5, 0, 1, 1]],
    ])
    for (const { score } of detections) expect(score).toBeCloseTo(0.9, 1)
    expect(places).toEqual({})
  })

  test('that comes along tells keypoints of people and of nothing else', async () => {
    const detector = await Detector.open(fileURLToPath(new URL('../../models/emoji-world', import.meta.url)))
    const { detections } = await detector.look(redAndGreen(64), 0.001)
    await detector.release()
    const [posed, others] = [true, false].map((isPosed) =>
      detections.filter(({ kind }) => (kind === 'person') === isPosed),
    )
    expect(posed?.map(({ keypoints }) => keypoints?.length)).toContain(17)
    expect(others?.length).toBeGreaterThan(10)
    expect(others?.filter(({ keypoints }) => keypoints !== undefined)).toEqual([])
  })

  test('sees nothing where every score is below its threshold', async () => {
    expect((await look(redAndGreen(16), { ...tinyDetectorConfig, threshold: 0.95 })).detections).toEqual([])
  })

  test.each([
    [{ input: 'picture' }, "it reads 'image' and the config names 'picture'"],
    [{ size: [32, 16] }, "it reads 'image' as float32 [1,3,16,16], the config says float32 [1,3,32,16]"],
    [{ outputs: { boxes: 'places' } }, "it has no output 'places', it has 'boxes', 'scores'"],
    [{ kinds: [] }, 'kinds: '],
  ])('whose file and config differ is refused with both: %j', async (change, sentence) => {
    await expect(look(redAndGreen(16), { ...tinyDetectorConfig, ...change })).rejects.toThrow(sentence)
  })

  test('that answers in another shape than its config says is refused with both', async () => {
    await expect(look(redAndGreen(16), { ...tinyDetectorConfig, kinds: ['cat'] })).rejects.toThrow(
      "Cannot read output 'scores' of the detector: it is float32 [2,2], its config says float32 [2,1]",
    )
  })

  test('that is no network is refused with its path', async () => {
    await writeTinyDetector(model)
    const file = join(model, 'detector/model.onnx')
    await writeFile(file, 'no network')
    await expect(Detector.open(model)).rejects.toThrow(`Cannot read ${file}: `)
  })

  test('that is not there is asked for', async () => {
    await expect(Detector.open(join(model, 'nowhere'))).rejects.toThrow('it has no detector/model.onnx')
  })
})

describe('kindIn', () => {
  const known = { kinds: ['cat', 'bus', 'fire engine', 'engine'], aliases: { 猫: 'cat', kitten: 'cat' } }

  test.each([
    ['a cat', 'cat'],
    ['A small Kitten', 'cat'],
    ['一只猫', 'cat'],
    ['a fire engine', 'fire engine'],
    ['a category', null],
    ['robust', null],
    ['', null],
  ])('of %j is %j', (words, kind) => {
    expect(kindIn(words, known)).toBe(kind)
  })
})

describe('a detector that means harm', () => {
  const file = () => join(model, 'detector', 'model.onnx')
  /** What comes of a file in the place of the detector's: an error, or nothing of note. */
  async function outcome(bytes: Uint8Array): Promise<unknown> {
    await writeTinyDetector(model)
    await writeFile(file(), bytes)
    const detector = await Detector.open(model)
    try {
      return await detector.look(redAndGreen(16))
    } finally {
      await detector.release()
    }
  }

  test.each(Object.keys(harms) as (keyof typeof harms)[])(
    'and asks for %s is an error, after which an honest one works',
    async (harm) => {
      await expect(outcome(hostileDetector(harms[harm]))).rejects.toThrow()
      expect((await look(redAndGreen(16))).detections).toHaveLength(2)
    },
  )

  test('and breaks off, at every tenth of its length, is an error', async () => {
    await writeTinyDetector(model)
    const whole = await readFile(file())
    for (let part = 0; part < 10; part++)
      await expect(outcome(whole.subarray(0, Math.floor((whole.length * part) / 10)))).rejects.toThrow()
  })
})
