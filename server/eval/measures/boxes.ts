/** Whether named things stand in their boxes: COCO's precision by the model's detector. */
import type { Image } from '#inference/pictures.ts'
import type { Guess, Truth } from '../average-precision.ts'
import { captionOf, entitiesOf, inventLayouts, noiseSeed, type Layout } from '../layouts.ts'
import { mean, skip, type Row, type Section } from '../section.ts'
import { guessesOf, laidOut, plainScenes, precisionRow, type Eyes } from '../seeing.ts'
import type { Studio } from '../studio.ts'
import type { Language } from '../world.ts'

export async function upperBound(studio: Studio): Promise<Section> {
  const { eyes } = studio
  const title = 'Detector on drawings (the upper bound)'
  const scenes = laidOut(studio, await plainScenes(studio)).filter(({ things }) =>
    things.every(({ keypoints }) => !keypoints),
  )
  if (scenes.length === 0) return skip(title, 'the model brings no eval/scenes.json')
  const truths = scenes.flatMap(({ things }, picture) =>
    things.map(({ kind, box }) => ({ picture, kind, box })),
  )
  const guesses: Guess[] = []
  for (const [picture, { image }] of scenes.entries())
    guesses.push(...(await guessesOf(eyes, image, picture)))
  return { title, rows: [{ what: 'drawings', ...precisionRow(truths, guesses, scenes.length) }] }
}

export async function layouts(studio: Studio): Promise<Section> {
  const title = 'Boxes: does the picture obey them'
  const adapter = studio.adapterFor('text')
  if (adapter === null) return skip(title, 'the model has no adapter for boxes with phrases')
  const rows: Row[] = []
  for (const [name, boxed] of [
    ['kinds boxed in training', true],
    ['kinds never boxed', false],
  ] as const) {
    if (!studio.world.kinds.some((kind) => kind.boxed === boxed && !kind.figure)) continue
    for (const [how, tau] of [
      ['grounded', studio.options.tau],
      ['same captions, no grounding', 0],
    ] as const) {
      const painted = await paintLayouts(studio, layoutsOf(studio, boxed), { adapter, tau, language: 'en' })
      rows.push({ what: `${name}, ${how}`, ...painted })
    }
  }
  return { title, rows }
}

const taus = [0, 0.1, 0.2, 0.3, 0.5, 0.7, 1]

export async function tauSweep(studio: Studio): Promise<Section> {
  const title = 'Scheduled sampling: τ against boxes and caption'
  const adapter = studio.adapterFor('text')
  if (adapter === null) return skip(title, 'the model has no adapter for boxes with phrases')
  const rows: Row[] = []
  // From the longest to the shortest: a run of a smaller τ shares its first steps with the one before.
  for (const tau of taus.toReversed()) {
    const painted = await paintLayouts(studio, layoutsOf(studio, true), { adapter, tau, language: 'en' })
    rows.push({ what: `τ ${tau}`, ...painted })
  }
  return { title, rows: rows.toReversed() }
}

export async function languages(studio: Studio): Promise<Section> {
  const title = 'Languages: the same layouts asked for in Chinese and in English'
  const adapter = studio.adapterFor('text')
  if (adapter === null) return skip(title, 'the model has no adapter for boxes with phrases')
  const asked = layoutsOf(studio, true)
  if (asked.some((layout) => captionOf(studio.world, layout, 'zh') === null))
    return skip(title, 'world.json has no Chinese words for all of it')
  const rows: Row[] = []
  for (const language of ['en', 'zh'] as const) {
    const { tau } = studio.options
    const painted = await paintLayouts(studio, asked, { adapter, tau, language })
    rows.push({ what: language, ...painted })
  }
  return { title, rows }
}

export function layoutsOf({ world, options }: Studio, boxed: boolean): Layout[] {
  const kinds = world.kinds.filter((kind) => kind.boxed === boxed && !kind.figure)
  return inventLayouts(world, kinds, options.layouts, options.seed)
}

interface How {
  readonly adapter: string
  readonly tau: number
  readonly language: Language
}

async function paintLayouts(
  studio: Studio,
  asked: readonly Layout[],
  { adapter, tau, language }: How,
): Promise<Row> {
  const { options, painter, eyes, world } = studio
  const truths: Truth[] = []
  const guesses: Guess[] = []
  const named: number[] = []
  for (const [picture, layout] of asked.entries()) {
    options.progress(`τ ${tau}, ${language}, picture ${picture + 1} of ${asked.length}`)
    const image = await painter.paint({
      ...{ adapter, tau, seed: noiseSeed(options.seed, picture) },
      caption: captionOf(world, layout, language) ?? '',
      boxes: entitiesOf(world, layout, language),
    })
    truths.push(...layout.things.map(({ kind, box }) => ({ picture, kind: kind.name, box })))
    guesses.push(...(await guessesOf(eyes, image, picture)))
    named.push(...(await namedThings(eyes, image, layout)))
  }
  return { ...precisionRow(truths, guesses, asked.length), caption: mean(named) }
}

async function namedThings(eyes: Eyes, image: Image, { place, things }: Layout): Promise<number[]> {
  const { detections, places } = await eyes.look(image)
  const kinds = new Set(detections.map(({ kind }) => kind))
  const [best] = Object.entries(places).toSorted(([, a], [, b]) => b - a)
  return [
    ...things.map(({ kind }) => (kinds.has(kind.name) ? 1 : 0)),
    ...(best ? [best[0] === place.name ? 1 : 0] : []),
  ]
}
