/** Whether what is painted looks like the picture that was given for it, by the model's own image encoder. */
import type { Box } from '#inference/detections.ts'
import type { Image } from '#inference/pictures.ts'
import { captionOf, entitiesOf, noiseSeed } from '../layouts.ts'
import { meanRow, skip, type Row, type Section } from '../section.ts'
import { cut, laidOut, nearestOf, plainScenes } from '../seeing.ts'
import type { Studio } from '../studio.ts'
import { readReferences, readScenes, type Reference } from '../world.ts'
import { layoutsOf } from './boxes.ts'

export async function references(studio: Studio): Promise<Section> {
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
  const shows = async (image: Image, box: Box, kind: string | null): Promise<number> =>
    all[nearestOf(await eyes.encodeReference(cut(image, box)), features)]?.kind === kind ? 1 : 0
  const chance = 1 / new Set(all.map(({ kind }) => kind)).size
  const rows: Row[] = []
  const addRow = (what: string, hits: readonly (readonly number[])[]): void => {
    rows.push({ what, ...meanRow('nearest', hits), chance, boxes: hits.flat().length })
  }
  const drawn: number[][] = []
  for (const { image, things } of laidOut(studio, await plainScenes(studio))) {
    const found: number[] = []
    for (const { kind, box, keypoints: figure } of things)
      if (!figure) found.push(await shows(image, box, kind))
    drawn.push(found)
  }
  if (drawn.flat().length > 0) addRow('drawings (the upper bound)', drawn)
  for (const boxed of [true, false]) {
    const pool = all.filter((reference) => kindOf(studio, reference)?.boxed === boxed)
    if (pool.length === 0) continue
    for (const [how, tau] of [
      ['grounded', options.tau],
      ['same captions, no grounding', 0],
    ] as const) {
      const hits: number[][] = []
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
        const image = await painter.paint({
          adapter,
          caption: place,
          seed: noiseSeed(options.seed, i),
          tau,
          boxes,
        })
        const found: number[] = []
        for (const { box, reference } of told) found.push(await shows(image, box, reference.kind))
        hits.push(found)
      }
      addRow(`${boxed ? 'kinds boxed in training' : 'kinds never boxed'}, ${how}`, hits)
    }
  }
  return { title, rows }
}

export async function styles(studio: Studio): Promise<Section> {
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
  // Of one kind in several styles: only the style can make the difference.
  const ofKind = async (kind: string) => {
    const others = named.filter((other) => other.kind === kind)
    return { others, features: await Promise.all(others.map((other) => eyes.encodeReference(other.image))) }
  }
  const looks = async (image: Image, box: Box, kind: string, style: string): Promise<number[]> => {
    const { others, features } = await ofKind(kind)
    if (!others.some((other) => other.style === style)) return []
    const nearest = nearestOf(await eyes.encodeReference(cut(image, box)), features)
    return [others[nearest]?.style === style ? 1 : 0]
  }
  const rows: Row[] = []
  const addRow = (what: string, hits: readonly (readonly number[])[]): void => {
    const chance = 1 / world.styles.length
    rows.push({ what, ...meanRow('nearest', hits), chance, boxes: hits.flat().length })
  }
  const drawn: number[][] = []
  for (const { image, things, style } of laidOut(studio, await readScenes(eyes.path))) {
    if (style === undefined || style === world.styles[0]?.name) continue
    const found: number[] = []
    for (const { kind, box } of things) found.push(...(await looks(image, box, kind, style)))
    drawn.push(found)
  }
  if (drawn.flat().length > 0) addRow('drawings in the other styles (the upper bound)', drawn)
  for (const [what, on] of [
    ['styled', true],
    ['same boxes, no style', false],
  ] as const) {
    const hits: number[][] = []
    for (const [i, layout] of layoutsOf(studio, true).entries()) {
      const reference = shown[(i * 7) % shown.length]
      if (!reference) continue
      options.progress(`${title}: ${what}, ${i + 1} of ${options.layouts}`)
      const image = await painter.paint({
        ...{
          adapter,
          caption: captionOf(world, layout, 'en') ?? '',
          seed: noiseSeed(options.seed, i),
          tau: options.tau,
        },
        boxes: entitiesOf(world, layout, 'en'),
        ...(on && { style: await painter.keep(reference.image) }),
      })
      const found: number[] = []
      for (const { box, kind } of layout.things)
        found.push(...(await looks(image, box, kind.name, reference.style ?? '')))
      hits.push(found)
    }
    addRow(what, hits)
  }
  return { title, rows }
}

function kindOf({ world }: Studio, { kind: name }: Reference) {
  return world.kinds.find((kind) => kind.name === name)
}
