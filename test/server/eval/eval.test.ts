import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodePng } from '#inference/pictures.ts'
import { runnerOptions } from '#server/config.ts'
import type { Section } from '#server/eval/section.ts'
import { sections } from '#server/eval/sections.ts'
import { openStudio, type Studio } from '#server/eval/studio.ts'
import { fixture } from '../../inference/helpers/fixtures.ts'
import { tinyDetectorConfig, writeTinyDetector } from '../../helpers/tiny-detector.ts'

let dir: string
let studio: Studio

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'eval-'))
  const model = join(dir, 'small')
  await cp(fixture('adapters'), model, { recursive: true })
  // Of an untrained model nothing is sure: every half of a picture counts as something.
  await writeTinyDetector(model, { ...tinyDetectorConfig, threshold: 0.01 })
  const world = {
    kinds: [
      { name: 'cat', boxed: true },
      { name: 'dog', boxed: false },
    ],
    places: [{ name: 'beach', en: ['on a beach'] }],
  }
  await writeFile(join(model, 'world.json'), JSON.stringify(world))
  await mkdir(join(model, 'eval'))
  const data = Float32Array.from({ length: 32 * 16 * 3 }, (_, i) =>
    i % 3 === (Math.floor(i / 3) % 16 < 8 ? 0 : 1) ? 1 : 0,
  )
  await writeFile(join(model, 'eval/scenes.png'), await encodePng({ width: 32, height: 16, data }))
  const things = [
    { kind: 'cat', box: [0, 0, 0.5, 1] },
    { kind: 'dog', box: [0.5, 0, 1, 1] },
  ]
  const sheet = { size: 16, columns: 2, scenes: [{ things, place: 'beach' }, { things }] }
  await writeFile(join(model, 'eval/scenes.json'), JSON.stringify(sheet))
  const halves = Float32Array.from({ length: 32 * 16 * 3 }, (_, i) =>
    i % 3 === (Math.floor(i / 3) % 32 < 16 ? 0 : 1) ? 1 : 0,
  )
  const tiles = { width: 32, height: 16, data: halves }
  await writeFile(join(model, 'eval/references.png'), await encodePng(tiles))
  const references = [{ kind: 'cat' }, { kind: 'dog' }]
  await writeFile(join(model, 'eval/references.json'), JSON.stringify({ size: 16, columns: 2, references }))
  studio = await openStudio(runnerOptions({ models: [dir], device: 'cpu' }), {
    ...{ model: 'small', sampler: 'ddim', steps: 2, guidance: 2, layouts: 2, seed: 1, tau: 0.5 },
    progress: () => undefined,
  })
})

afterAll(async () => {
  await studio.close()
  await rm(dir, { recursive: true })
})

async function measure(name: string): Promise<Section> {
  const section = await sections.get(name)?.(studio)
  if (!section) throw new Error(`there is no section '${name}'`)
  return section
}

test('drawings give the upper bound of the detector', async () => {
  expect((await measure('drawings')).rows).toEqual([
    { what: 'drawings', AP: 1, AP50: 1, '±': expect.closeTo(0.329, 3) as number, AP75: 1, boxes: 4 },
  ])
})

test('boxes are measured for both sorts of kinds, with and without grounding', async () => {
  const { rows } = await measure('boxes')
  expect(rows.map(({ what }) => what)).toEqual([
    'kinds boxed in training, grounded',
    'kinds boxed in training, same captions, no grounding',
    'kinds never boxed, grounded',
    'kinds never boxed, same captions, no grounding',
  ])
  for (const row of rows) expect(row['AP']).toBeTypeOf('number')
})

test('τ is swept from 0 to 1', async () => {
  const { rows } = await measure('tau')
  expect(rows.map(({ what }) => what)).toEqual(['τ 0', 'τ 0.1', 'τ 0.2', 'τ 0.3', 'τ 0.5', 'τ 0.7', 'τ 1'])
})

test('reference pictures are looked for in the boxes they were put in', async () => {
  const { rows } = await measure('images')
  const [drawings, ...painted] = rows
  expect(drawings).toMatchObject({ what: 'drawings (the upper bound)', nearest: 1, boxes: 4 })
  expect(painted).toHaveLength(4)
  for (const row of painted) expect(row).toMatchObject({ chance: 0.5, boxes: 2 })
})

test('one thing of a drawing gives way to another, by each adapter that can and by the base alone', async () => {
  const sun = { name: 'sun', boxed: true, measure: '个', aspect: 1, figure: false }
  const world = { ...studio.world, kinds: [...studio.world.kinds, sun] }
  const section = await sections.get('inpaint')?.({ ...studio, world })
  expect(section?.rows).toEqual([
    expect.objectContaining({ what: 'the adapter for inpainting, grounded', boxes: 1 }),
    expect.objectContaining({ what: 'the adapter for boxes, grounded', boxes: 1 }),
    expect.objectContaining({ what: 'the base, not grounded', boxes: 1 }),
  ])
})

test.each([
  ['keypoints', 'the model brings no eval/poses.json'],
  ['styles', 'world.json names fewer than two styles'],
  ['inpaint', 'the model brings no eval/scenes.json that says its places'],
  ['languages', 'world.json has no Chinese words for all of it'],
])('what the model has no material for is left out with the reason: %s', async (name, reason) => {
  expect(await measure(name)).toMatchObject({ rows: [], skipped: reason })
})

test('a model without a detector cannot be measured, and is told so', async () => {
  await rm(join(dir, 'small/detector'), { recursive: true })
  await expect(
    openStudio(runnerOptions({ models: [dir], device: 'cpu' }), { ...studio.options }),
  ).rejects.toThrow("Cannot measure 'small': it brings no detector")
})
