/** Whether a thing that is painted into a picture stands in its box: COCO's precision by the model's detector. */
import { apartFrom, type Guess, type Truth } from '../average-precision.ts'
import { captionOf, dice, entitiesOf, noiseSeed } from '../layouts.ts'
import { skip, type Row, type Section } from '../section.ts'
import { guessesOf, plainScenes, precisionRow } from '../seeing.ts'
import type { Studio } from '../studio.ts'

export async function inpainting(studio: Studio): Promise<Section> {
  const title = 'Inpainting: does another thing stand in the box that is painted anew'
  const { eyes, options, painter, world } = studio
  const kinds = world.kinds.filter(({ boxed, figure }) => boxed && !figure)
  const tasks = (await plainScenes(studio)).flatMap(({ image, place: name, things }, i) => {
    const place = world.places.find((other) => other.name === name)
    const roll = dice(options.seed, i)
    const gone = Math.floor(roll() * things.length)
    const there = things.flatMap(({ kind, box, keypoints }) => {
      const known = world.kinds.find((other) => other.name === kind)
      return known && !keypoints ? [{ kind: known, box }] : []
    })
    const others = kinds.filter(({ name: kind }) => things.every((thing) => thing.kind !== kind))
    const kind = others[Math.floor(roll() * others.length)]
    const box = there[gone]?.box
    if (!place || !kind || !box || there.length < things.length) return []
    const thing = { kind, box }
    return [
      { image, layout: { place, things: there.with(gone, thing) }, thing, kept: there.toSpliced(gone, 1) },
    ]
  })
  if (tasks.length === 0) return skip(title, 'the model brings no eval/scenes.json that says its places')
  const asked = tasks.slice(0, options.layouts)
  const rows: Row[] = []
  for (const [what, how] of [
    ['the adapter for inpainting, grounded', { adapter: studio.adapterFor('inpaint'), tau: options.tau }],
    ['the adapter for boxes, grounded', { adapter: studio.adapterFor('text'), tau: options.tau }],
    ['the base, not grounded', { adapter: 'none', tau: 0 }],
  ] as const) {
    if (how.adapter === null) continue
    const truths: Truth[] = []
    const guesses: Guess[] = []
    for (const [picture, { image, layout, thing, kept }] of asked.entries()) {
      options.progress(`${title}: ${what}, ${picture + 1} of ${asked.length}`)
      const painted = await painter.paint({
        ...{ adapter: how.adapter, tau: how.tau, seed: noiseSeed(options.seed, picture) },
        caption: captionOf(world, layout, 'en') ?? '',
        boxes: entitiesOf(world, { ...layout, things: [thing] }, 'en'),
        within: { picture: await painter.keep(image), box: thing.box },
      })
      const truth = ({ kind, box }: typeof thing): Truth => ({ picture, kind: kind.name, box })
      truths.push(truth(thing))
      // What was kept may be of a kind that another picture is asked for.
      guesses.push(...apartFrom(kept.map(truth), await guessesOf(eyes, painted, picture)))
    }
    rows.push({ what, ...precisionRow(truths, guesses, truths.length) })
  }
  return { title, rows }
}
