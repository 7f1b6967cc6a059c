/** A picture with frames and limbs on it, enlarged so that thin lines can be told apart. */
import { resizePicture } from '#inference/pictures.ts'
import { textLines, textSize, writeText } from './draw-text.ts'
import { isAbsent, limbs, type Figure } from './keypoints.ts'
import type { Image } from './values.ts'

export type Colour = readonly [red: number, green: number, blue: number]

export interface Frame {
  /** x0 y0 x1 y1 as fractions of the picture. */
  readonly box: readonly [number, number, number, number]
  readonly colour: Colour
  readonly dashed: boolean
  /** Stands inside, at the top left. */
  readonly label?: string
}

export interface Pose {
  readonly figure: Figure
  readonly colour: Colour
}

/** A picture of less is enlarged by a whole factor, pixel by pixel. */
const wantedSide = 512

/** Width of a line, in pixels of the enlarged picture. */
const lineWidth = 3
const textScale = 2

export async function drawBoxes(
  image: Image,
  frames: readonly Frame[],
  poses: readonly Pose[],
): Promise<Image> {
  const factor = Math.max(1, Math.floor(wantedSide / Math.max(image.width, image.height)))
  const [width, height] = [image.width * factor, image.height * factor]
  const large = await resizePicture(image, { width, height, kernel: 'nearest' })
  const canvas = { width, height, data: Float32Array.from(large.data) }
  for (const frame of frames) drawFrame(canvas, frame)
  for (const { figure, colour } of poses)
    for (const [a, b] of limbs) {
      const [from, to] = [figure[a], figure[b]]
      if (from && to && !isAbsent(from) && !isAbsent(to))
        drawLine(canvas, [from[0] * width, from[1] * height], [to[0] * width, to[1] * height], colour)
    }
  return canvas
}

function drawFrame(canvas: Image, { box, colour, dashed, label }: Frame): void {
  const { width, height } = canvas
  const inset = lineWidth / 2
  const place = (fraction: number, side: number) => Math.min(side - inset, Math.max(inset, fraction * side))
  const [x0, y0, x1, y1] = [
    place(box[0], width),
    place(box[1], height),
    place(box[2], width),
    place(box[3], height),
  ]
  const corners = [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
    [x0, y0],
  ] as const
  for (let side = 0; side < 4; side++) {
    const [from, to] = [corners[side], corners[side + 1]]
    if (from && to) drawLine(canvas, from, to, colour, dashed ? 6 : null)
  }
  if (label !== undefined) drawLabel(canvas, label, [x0 + 5, y0 + 5], x1 - x0 - 10)
}

/** White on a dark ground, so that it can be read on any picture. */
function drawLabel(canvas: Image, text: string, [x, y]: Place, width: number): void {
  const lines = textLines(text, Math.max(40, width), textScale, 2)
  const size = textSize(lines, textScale)
  const [left, top] = [Math.round(x), Math.round(y)]
  for (let row = Math.max(0, top - 3); row < Math.min(canvas.height, top + size.height + 3); row++)
    canvas.data.fill(
      0.08,
      (row * canvas.width + Math.max(0, left - 3)) * 3,
      (row * canvas.width + Math.min(canvas.width, left + size.width + 3)) * 3,
    )
  writeText(canvas, lines, { x: left, y: top, scale: textScale, ink: 1 })
}

type Place = readonly [x: number, y: number]

/** A dark rim keeps the line visible on any ground. @param dash pixels on and off by turns; null draws all */
function drawLine(canvas: Image, from: Place, to: Place, colour: Colour, dash: number | null = null): void {
  const length = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])))
  const along = (step: number): Place => [
    from[0] + ((to[0] - from[0]) * step) / length,
    from[1] + ((to[1] - from[1]) * step) / length,
  ]
  const steps = Array.from({ length: length + 1 }, (_, step) => step)
  const drawn = dash === null ? steps : steps.filter((step) => Math.floor(step / dash) % 2 === 0)
  for (const step of drawn) dot(canvas, along(step), lineWidth + 2, [0, 0, 0])
  for (const step of drawn) dot(canvas, along(step), lineWidth, colour)
}

function dot({ width, height, data }: Image, [x, y]: Place, size: number, colour: Colour): void {
  const [left, top] = [Math.round(x - size / 2), Math.round(y - size / 2)]
  for (let row = Math.max(0, top); row < Math.min(height, top + size); row++)
    for (let column = Math.max(0, left); column < Math.min(width, left + size); column++)
      data.set(colour, (row * width + column) * 3)
}
