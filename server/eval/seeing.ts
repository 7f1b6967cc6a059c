/** What the model's own detector and image encoder make of a picture, and the drawings they are measured by. */
import type { Box } from '#inference/detections.ts'
import type { Image } from '#inference/pictures.ts'
import type { Tensor } from '#inference/tensor.ts'
import { averagePrecision, marginOfAp50, type Guess, type Truth } from './average-precision.ts'
import { standApart } from './layouts.ts'
import type { Row } from './section.ts'
import type { Studio } from './studio.ts'
import { crop, readScenes, type DrawnScene } from './world.ts'

export type Eyes = Studio['eyes']

const lowest = 0.05

export async function guessesOf(eyes: Eyes, image: Image, picture: number): Promise<Guess[]> {
  const { detections } = await eyes.look(image, lowest)
  return detections.map(({ kind, box, score }) => ({ picture, kind, box, score }))
}

export function precisionRow(truths: readonly Truth[], guesses: readonly Guess[], pictures: number): Row {
  const { ap, ap50, ap75, boxes } = averagePrecision(truths, guesses)
  return { AP: ap, AP50: ap50, '±': marginOfAp50(truths, guesses, pictures), AP75: ap75, boxes }
}

export async function plainScenes({ eyes, world }: Studio): Promise<DrawnScene[]> {
  const plain = world.styles[0]?.name
  return (await readScenes(eyes.path)).filter(({ style }) => (style ?? plain) === plain)
}

/** Of drawings, those whose things stand as far apart as in layouts: what painted layouts are compared with. */
export function laidOut({ world }: Studio, scenes: readonly DrawnScene[]): DrawnScene[] {
  return scenes.filter(({ things }) =>
    standApart(
      world,
      things.map(({ box }) => box),
    ),
  )
}

export function cut(image: Image, [x0, y0, x1, y1]: Box): Image {
  const span = (from: number, to: number, side: number): [number, number] => {
    const start = Math.min(side - 1, Math.floor(from * side))
    return [start, Math.max(1, Math.min(side, Math.ceil(to * side)) - start)]
  }
  const [left, width] = span(x0, x1, image.width)
  const [top, height] = span(y0, y1, image.height)
  return crop(image, left, top, width, height)
}

export function nearestOf({ data }: Tensor, features: readonly Tensor[]): number {
  const alike = features.map((feature) =>
    feature.data.reduce((sum, value, i) => sum + value * (data[i] ?? 0), 0),
  )
  return alike.indexOf(Math.max(...alike))
}
