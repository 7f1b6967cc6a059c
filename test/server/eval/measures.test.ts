/** What the measures make of painters and eyes of which we know everything: no networks. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Box, Detection } from '#inference/detections.ts'
import type { DetectorConfig } from '#inference/detector.ts'
import { encodePng, type Image } from '#inference/pictures.ts'
import { tensor } from '#inference/tensor.ts'
import type { Wish } from '#server/eval/painter.ts'
import type { Row } from '#server/eval/section.ts'
import { sections } from '#server/eval/sections.ts'
import type { Studio } from '#server/eval/studio.ts'
import type { Kind, World } from '#server/eval/world.ts'

const left: Box = [0, 0, 0.5, 1]
const right: Box = [0.5, 0, 1, 1]

const kind = (name: string): Kind => ({ name, boxed: true, aspect: 1, figure: false, measure: '个' })
const world: World = {
  kinds: ['cat', 'dog', 'sun'].map(kind),
  styles: [],
  places: [{ name: 'beach', en: ['on a beach'] }],
  phrase: { en: '{article} {kind}' },
  caption: { en: '{things} {place}', thing: { en: '{article} {kind}' }, and: { en: [', ', ' and '] } },
  layout: { counts: [1], sides: [[0.4, 0.5]], maxOverlap: 0.12 },
}

const detector: DetectorConfig = {
  ...{ kinds: [], size: [8, 8], input: 'image', threshold: 0.5, nms: 0.5, aliases: {}, places: [] },
  outputs: { boxes: 'boxes', scores: 'scores', keypoints: 'keypoints' },
}

let path: string
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'measures-'))
  await mkdir(join(path, 'eval'))
})
afterEach(() => rm(path, { recursive: true }))

/** A picture of one grey, by which the eyes below know it again. */
function grey(shade: number, side = 8): Image {
  return { width: side, height: side, data: new Float32Array(side * side * 3).fill(shade) }
}

/** A sheet of pictures in eval/, one below the other: the first is the darkest. */
async function writeSheet(name: 'scenes' | 'references', rows: readonly object[]): Promise<void> {
  const data = new Float32Array(8 * 8 * 3 * rows.length)
  for (const i of rows.keys()) data.fill(i / 255, i * 8 * 8 * 3, (i + 1) * 8 * 8 * 3)
  await writeFile(join(path, `eval/${name}.json`), JSON.stringify({ size: 8, columns: 1, [name]: rows }))
  await writeFile(
    join(path, `eval/${name}.png`),
    await encodePng({ width: 8, height: 8 * rows.length, data }),
  )
}

interface Fakes {
  readonly world?: World
  readonly tau?: number
  readonly paint: (wish: Wish) => readonly Detection[]
  /** What is seen of the drawings, by their place in eval/scenes.json. */
  readonly drawn?: readonly (readonly Detection[])[]
}

/** Rows of a section, where the eyes see in a picture just what `paint` says stands there. */
async function rowsOf(
  section: string,
  { paint, drawn = [], tau = 1, ...other }: Fakes,
): Promise<readonly Row[]> {
  const seen = new Map<Image, readonly Detection[]>()
  const kept: Image[] = []
  const settings = { model: 'fake', sampler: 'ddim', steps: 1, guidance: 1, layouts: 3, seed: 1, tau }
  const studio: Studio = {
    options: { ...settings, progress: () => undefined },
    ...{ hash: '', world: other.world ?? world, adapterFor: () => 'auto', close: () => Promise.resolve() },
    painter: {
      paint: (wish) => {
        const image = grey(0.5)
        seen.set(image, paint(wish))
        return Promise.resolve(image)
      },
      keep: (image) => Promise.resolve(String(kept.push(image))),
      close: () => Promise.resolve(),
    },
    eyes: {
      path,
      look: (image) => {
        const drawing = drawn[Math.round((image.data[0] ?? 0) * 255)]
        return Promise.resolve({ detections: seen.get(image) ?? drawing ?? [], places: {} })
      },
      detector: () => Promise.resolve(detector),
      encodeReference: () => Promise.resolve(tensor(Float32Array.of(1), [1, 1])),
    },
  }
  const found = await sections.get(section)?.(studio)
  if (!found || found.skipped !== undefined) throw new Error(`not measured: ${found?.skipped ?? section}`)
  return found.rows
}

describe('inpainting', () => {
  // Whatever gives way, the thing asked for is of a kind that stands untouched in another picture.
  const pairs = [
    ['cat', 'dog'],
    ['cat', 'sun'],
    ['dog', 'sun'],
  ] as const
  beforeEach(() =>
    writeSheet(
      'scenes',
      pairs.map(([a, b]) => ({
        place: 'beach',
        things: [
          { kind: a, box: left },
          { kind: b, box: right },
        ],
      })),
    ),
  )

  /** What stands in a picture whose painting does nothing wrong outside its box. */
  const around = ({ caption, boxes: [asked] = [] }: Wish): Detection[] => {
    const [kept] = world.kinds.filter(({ name }) => caption.includes(name) && asked?.phrase !== `a ${name}`)
    return kept && asked ? [{ kind: kept.name, box: asked.box[0] === 0 ? right : left, score: 0.9 }] : []
  }

  test('reaches all there is with a perfect painter, though what it keeps is seen more surely than what it paints', async () => {
    const paint = (wish: Wish): Detection[] => {
      const painted = (wish.boxes ?? []).map(({ phrase, box }) => ({
        kind: phrase.slice(2),
        box,
        score: 0.5,
      }))
      return [...around(wish), ...painted]
    }
    for (const row of await rowsOf('inpaint', { paint })) expect(row).toMatchObject({ AP: 1, boxes: 3 })
  })

  test('is nothing with a painter that leaves the box empty', async () => {
    for (const row of await rowsOf('inpaint', { paint: around }))
      expect(row).toMatchObject({ AP: 0, boxes: 3 })
  })
})

test('drawings whose things stand closer than those of layouts are no measure of layouts', async () => {
  const scene = (other: Box) => ({
    things: [
      { kind: 'cat', box: left },
      { kind: 'dog', box: other },
    ],
  })
  await writeSheet('scenes', [scene(right), scene([0.4, 0, 1, 1])])
  const cat = { kind: 'cat', box: left, score: 0.9 }
  const rows = await rowsOf('drawings', {
    paint: () => [],
    drawn: [[cat, { ...cat, kind: 'dog', box: right }]],
  })
  expect(rows).toEqual([expect.objectContaining({ AP: 1, boxes: 2 })])
})

describe('key points', () => {
  const figureAt = (x: number) =>
    Array.from({ length: 17 }, (_, i) => [x + 0.01 * i, 0.2 + 0.04 * i] as [number, number])
  const withPeople = { ...world, kinds: [...world.kinds, { ...kind('person'), figure: true }] }
  const seenAs = (name: string, x: number): Detection => ({
    ...{ kind: name, score: 0.9, box: [0, 0, 1, 1] },
    keypoints: figureAt(x).map(([px, py]) => [px, py, 1]),
  })
  const posed = async (paint: Fakes['paint']): Promise<Row | undefined> => {
    const rows = await rowsOf('keypoints', { world: withPeople, paint })
    return rows.find(({ what }) => what === 'posed')
  }
  const pose = async (...xs: number[]): Promise<void> => {
    const poses = [{ caption: 'people', keypoints: xs.map(figureAt) }]
    await writeFile(join(path, 'eval/poses.json'), JSON.stringify(poses))
  }

  test('of a thing that is nobody answer for no figure, however well they fit', async () => {
    await pose(0.2)
    expect(await posed(() => [seenAs('cat', 0.2)])).toMatchObject({ OKS: 0, 'OKS ≥ 0.5': 0, figures: 1 })
    expect(await posed(() => [seenAs('person', 0.2)])).toMatchObject({ OKS: 1, 'OKS ≥ 0.5': 1, figures: 1 })
  })

  test('of one person answer for one of two figures that are alike', async () => {
    await pose(0.2, 0.2)
    expect(await posed(() => [seenAs('person', 0.2)])).toMatchObject({ OKS: 0.5, figures: 2 })
    expect(await posed(() => [seenAs('person', 0.2), seenAs('person', 0.2)])).toMatchObject({ OKS: 1 })
  })

  test('are not measured where nothing of the world is posed', async () => {
    await pose(0.2)
    await expect(rowsOf('keypoints', { paint: () => [] })).rejects.toThrow('names no kind that is posed')
  })
})

describe('τ', () => {
  const rich: World = {
    ...world,
    kinds: [
      { ...kind('cat'), zh: '猫' },
      { ...kind('dog'), zh: '狗' },
      { ...kind('person'), figure: true },
    ],
    styles: [{ name: 'flat' }, { name: 'chalk' }],
    places: [{ name: 'beach', en: ['on a beach'], zh: ['在海滩上'] }],
    phrase: { en: '{article} {kind}', zh: '{kind}' },
    caption: {
      ...{ en: '{things} {place}', zh: '{place}的{things}' },
      thing: { en: '{article} {kind}', zh: '一{measure}{kind}' },
      and: { en: [', ', ' and '], zh: ['、', '和'] },
    },
  }
  beforeEach(async () => {
    await writeSheet('scenes', [{ place: 'beach', things: [{ kind: 'cat', box: left }] }])
    const references = ['cat', 'dog'].flatMap((name) => [
      { kind: name, style: 'flat' },
      { kind: name, style: 'chalk' },
    ])
    await writeSheet('references', references)
    const poses = [{ caption: 'people', keypoints: [Array.from({ length: 17 }, () => [0.5, 0.5])] }]
    await writeFile(join(path, 'eval/poses.json'), JSON.stringify(poses))
  })

  test.each(['boxes', 'keypoints', 'images', 'styles', 'inpaint', 'languages'])(
    'is in every picture that is grounded what was asked for: %s',
    async (section) => {
      const used = new Set<number>()
      const paint = ({ tau }: Wish): Detection[] => {
        if (tau > 0) used.add(tau)
        return []
      }
      await rowsOf(section, { world: rich, tau: 0.3, paint })
      expect(used).toEqual(new Set([0.3]))
    },
  )
})
