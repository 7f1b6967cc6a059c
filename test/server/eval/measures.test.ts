/** What the measures make of painters and eyes of which we know everything: no networks. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Box, Detection } from '#inference/detections.ts'
import { encodePng, type Image } from '#inference/pictures.ts'
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

/** Drawings in eval/: the first is the darkest. */
async function writeScenes(scenes: readonly { readonly things: readonly object[] }[]): Promise<void> {
  const data = new Float32Array(8 * 8 * 3 * scenes.length)
  for (const i of scenes.keys()) data.fill(i / 255, i * 8 * 8 * 3, (i + 1) * 8 * 8 * 3)
  const sheet = { size: 8, columns: 1, scenes: scenes.map((scene) => ({ place: 'beach', ...scene })) }
  await writeFile(join(path, 'eval/scenes.json'), JSON.stringify(sheet))
  const image = { width: 8, height: 8 * scenes.length, data }
  await writeFile(join(path, 'eval/scenes.png'), await encodePng(image))
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
      detector: () => Promise.reject(new Error('nobody asked')),
      encodeReference: () => Promise.reject(new Error('nobody asked')),
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
    writeScenes(
      pairs.map(([a, b]) => ({
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
