/** What is measured, section by section. A section whose adapter or material the model lacks says so in one line. */
import { figureBox, intersectionOverUnion, keypointSimilarity, type Box } from '#inference/detections.ts'
import type { Image } from '#inference/pictures.ts'
import type { Tensor } from '#inference/tensor.ts'
import { averagePrecision, marginOfAp50, type Guess, type Truth } from './average-precision.ts'
import { captionOf, dice, entitiesOf, inventLayouts, type Layout } from './layouts.ts'
import type { Studio } from './studio.ts'
import { crop, readPoses, readReferences, readScenes, type Language, type Reference } from './world.ts'

/** Named figures; null where there was nothing to take a mean of. */
export type Row = Readonly<Record<string, string | number | null>>

export interface Section {
  readonly title: string
  readonly rows: readonly Row[]
  /** Why there are none. */
  readonly skipped?: string
}

export type Measure = (studio: Studio) => Promise<Section>

/** For precision even unsure detections count: they come last in the ranking. */
const lowest = 0.05

/** The sections by name, in the order in which they are printed. */
export const sections: ReadonlyMap<string, Measure> = new Map([
  ['drawings', upperBound],
  ['boxes', layouts],
  ['tau', tauSweep],
  ['keypoints', keypoints],
  ['images', references],
  ['styles', styles],
  ['languages', languages],
])

async function upperBound({ eyes }: Studio): Promise<Section> {
  const title = 'Detector on drawings (the upper bound)'
  const scenes = await readScenes(eyes.path)
  if (scenes.length === 0) return skip(title, 'the model brings no eval/scenes.json')
  const truths = scenes.flatMap(({ things }, picture) =>
    things.map(({ kind, box }) => ({ picture, kind, box })),
  )
  const guesses: Guess[] = []
  for (const [picture, { image }] of scenes.entries())
    guesses.push(...(await guessesOf(eyes, image, picture)))
  return { title, rows: [{ what: 'drawings', ...precisionRow(truths, guesses, scenes.length) }] }
}

async function layouts(studio: Studio): Promise<Section> {
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

async function tauSweep(studio: Studio): Promise<Section> {
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

async function languages(studio: Studio): Promise<Section> {
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

async function keypoints(studio: Studio): Promise<Section> {
  const title = 'Keypoints: does the figure take the pose'
  const { eyes, options, painter } = studio
  const adapter = studio.adapterFor('keypoint')
  if (adapter === null) return skip(title, 'the model has no adapter for keypoints')
  const poses = (await readPoses(eyes.path)).slice(0, options.layouts)
  if (poses.length === 0) return skip(title, 'the model brings no eval/poses.json')
  const { sigmas, outputs } = await eyes.detector()
  if (!outputs.keypoints) return skip(title, 'the detector of the model sees no keypoints')
  const rows: Row[] = []
  for (const [what, tau] of [
    ['posed', options.tau],
    ['same captions, no poses', 0],
  ] as const) {
    const scores: number[] = []
    for (const [i, { caption, keypoints: figures }] of poses.entries()) {
      options.progress(`${title}: ${what}, ${i + 1} of ${poses.length}`)
      const image = await painter.paint({ adapter, caption, seed: options.seed + i, tau, figures })
      const { detections } = await eyes.look(image)
      for (const figure of figures) {
        const box = figureBox(figure)
        const alike = detections.flatMap(({ keypoints: seen, box: place }) =>
          seen && box && intersectionOverUnion(box, place) > 0
            ? [keypointSimilarity(figure, seen, sigmas) ?? 0]
            : [],
        )
        scores.push(Math.max(0, ...alike))
      }
    }
    const followed = scores.map((score) => (score >= 0.5 ? 1 : 0))
    rows.push({ what, ...meanRow('OKS', scores), 'OKS ≥ 0.5': mean(followed), figures: scores.length })
  }
  return { title, rows }
}

async function references(studio: Studio): Promise<Section> {
  const title = 'Pictures: is what stands in a box nearest to its reference'
  const { eyes, options, painter } = studio
  const adapter = studio.adapterFor('image')
  if (adapter === null) return skip(title, 'the model has no adapter for boxes with pictures')
  const plain = studio.world.styles[0]?.name
  const all = (await readReferences(eyes.path)).filter(
    ({ kind, style }) => kind !== null && (style ?? plain) === plain,
  )
  if (all.length === 0) return skip(title, 'the model brings no eval/references.json')
  const features = await Promise.all(all.map(({ image }) => eyes.encodeReference(image)))
  const rows: Row[] = []
  for (const boxed of [true, false]) {
    const pool = all.filter((reference) => kindOf(studio, reference)?.boxed === boxed)
    if (pool.length === 0) continue
    for (const [how, tau] of [
      ['grounded', 1],
      ['same captions, no grounding', 0],
    ] as const) {
      const hits: number[] = []
      for (const [i, layout] of layoutsOf(studio, boxed).entries()) {
        options.progress(`${title}: ${how}, ${i + 1} of ${options.layouts}`)
        const told = layout.things.flatMap(({ kind, box }) => {
          const shown = pool.filter((reference) => reference.kind === kind.name)
          const reference = shown[i % Math.max(1, shown.length)]
          return reference ? [{ box, reference }] : []
        })
        const boxes = []
        for (const { box, reference } of told)
          boxes.push({ phrase: '', box, image: await painter.keep(reference.image) })
        const place = layout.place.en[0] ?? ''
        const image = await painter.paint({ adapter, caption: place, seed: options.seed + i, tau, boxes })
        for (const { box, reference } of told) {
          const nearest = nearestOf(await eyes.encodeReference(cut(image, box)), features)
          hits.push(all[nearest]?.kind === reference.kind ? 1 : 0)
        }
      }
      const what = `${boxed ? 'kinds boxed in training' : 'kinds never boxed'}, ${how}`
      rows.push({
        what,
        ...meanRow('nearest', hits),
        chance: 1 / new Set(all.map(({ kind }) => kind)).size,
        boxes: hits.length,
      })
    }
  }
  return { title, rows }
}

async function styles(studio: Studio): Promise<Section> {
  const title = 'Styles: is a styled thing nearest to the style it was given'
  const { eyes, options, painter, world } = studio
  const adapter = studio.adapterFor('style')
  if (adapter === null) return skip(title, 'the model has no adapter for styles')
  if (world.styles.length < 2) return skip(title, 'world.json names fewer than two styles')
  const all = await readReferences(eyes.path)
  const named = all.filter(({ kind, style }) => kind !== null && typeof style === 'string')
  const whole = all.filter(({ kind, style }) => kind === null && typeof style === 'string')
  if (named.length === 0) return skip(title, 'the model brings no reference pictures with styles')
  const shown = whole.length > 0 ? whole : named
  const rows: Row[] = []
  for (const [what, on] of [
    ['styled', true],
    ['same boxes, no style', false],
  ] as const) {
    const hits: number[] = []
    for (const [i, layout] of layoutsOf(studio, true).entries()) {
      const reference = shown[(i * 7) % shown.length]
      if (!reference) continue
      options.progress(`${title}: ${what}, ${i + 1} of ${options.layouts}`)
      const image = await painter.paint({
        ...{ adapter, caption: captionOf(world, layout, 'en') ?? '', seed: options.seed + i, tau: 1 },
        boxes: entitiesOf(world, layout, 'en'),
        ...(on && { style: await painter.keep(reference.image) }),
      })
      for (const { box, kind } of layout.things) {
        // Of one kind in several styles: only the style can make the difference.
        const others = named.filter((other) => other.kind === kind.name)
        if (!others.some(({ style }) => style === reference.style)) continue
        const features = await Promise.all(others.map((other) => eyes.encodeReference(other.image)))
        const nearest = nearestOf(await eyes.encodeReference(cut(image, box)), features)
        hits.push(others[nearest]?.style === reference.style ? 1 : 0)
      }
    }
    rows.push({ what, ...meanRow('nearest', hits), chance: 1 / world.styles.length, boxes: hits.length })
  }
  return { title, rows }
}

interface How {
  readonly adapter: string
  readonly tau: number
  readonly language: Language
}

/** Precision, and the share of what the captions name that is seen anywhere, places included where the detector tells. */
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
      ...{ adapter, tau, seed: options.seed + picture },
      caption: captionOf(world, layout, language) ?? '',
      boxes: entitiesOf(world, layout, language),
    })
    truths.push(...layout.things.map(({ kind, box }) => ({ picture, kind: kind.name, box })))
    guesses.push(...(await guessesOf(eyes, image, picture)))
    named.push(...(await namedThings(eyes, image, layout)))
  }
  return { ...precisionRow(truths, guesses, asked.length), caption: mean(named) }
}

type Eyes = Studio['eyes']

async function guessesOf(eyes: Eyes, image: Image, picture: number): Promise<Guess[]> {
  const { detections } = await eyes.look(image, lowest)
  return detections.map(({ kind, box, score }) => ({ picture, kind, box, score }))
}

/** 1 for every word of the caption that the picture shows, 0 for every one it does not. */
async function namedThings(eyes: Eyes, image: Image, { place, things }: Layout): Promise<number[]> {
  const { detections, places } = await eyes.look(image)
  const kinds = new Set(detections.map(({ kind }) => kind))
  const [best] = Object.entries(places).toSorted(([, a], [, b]) => b - a)
  return [
    ...things.map(({ kind }) => (kinds.has(kind.name) ? 1 : 0)),
    ...(best ? [best[0] === place.name ? 1 : 0] : []),
  ]
}

function layoutsOf({ world, options }: Studio, boxed: boolean): Layout[] {
  const kinds = world.kinds.filter((kind) => kind.boxed === boxed && !kind.figure)
  return inventLayouts(world, kinds, options.layouts, options.seed)
}

function kindOf({ world }: Studio, { kind: name }: Reference) {
  return world.kinds.find((kind) => kind.name === name)
}

/** The part of a picture in a box; at least one pixel. */
function cut(image: Image, [x0, y0, x1, y1]: Box): Image {
  const span = (from: number, to: number, side: number): [number, number] => {
    const start = Math.min(side - 1, Math.floor(from * side))
    return [start, Math.max(1, Math.min(side, Math.ceil(to * side)) - start)]
  }
  const [left, width] = span(x0, x1, image.width)
  const [top, height] = span(y0, y1, image.height)
  return crop(image, left, top, width, height)
}

/** The index of the most alike feature, by the cosine of their angle; all are of one length. */
function nearestOf({ data }: Tensor, features: readonly Tensor[]): number {
  const alike = features.map((feature) =>
    feature.data.reduce((sum, value, i) => sum + value * (data[i] ?? 0), 0),
  )
  return alike.indexOf(Math.max(...alike))
}

function precisionRow(truths: readonly Truth[], guesses: readonly Guess[], pictures: number): Row {
  const { ap, ap50, ap75, boxes } = averagePrecision(truths, guesses)
  return { AP: ap, AP50: ap50, '±': marginOfAp50(truths, guesses, pictures, dice(0, 0)), AP75: ap75, boxes }
}

/** The mean of values in 0..1, and half the width of its 95 % interval. */
function meanRow(name: string, values: readonly number[]): Row {
  const middle = mean(values)
  if (middle === null) return { [name]: null, '±': null }
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length
  return { [name]: middle, '±': 1.96 * Math.sqrt(variance / values.length) }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

function skip(title: string, why: string): Section {
  return { title, rows: [], skipped: why }
}
