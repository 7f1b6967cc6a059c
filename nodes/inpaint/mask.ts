import { boxListSchema } from '../boxes.ts'
import { defineNode } from '../node.ts'
import type { Mask } from '../values.ts'

export default defineNode({
  type: 'inpaint/mask',
  version: 1,
  title: 'InpaintMask',
  description:
    'Says what is painted anew: the cells of the latent that lie in the boxes. Everything else is kept. Wire the boxes of ' +
    'BoxGrounding, or draw them here.',
  inputs: {
    latent: { type: 'Latent', description: 'The picture to keep, from VAEEncode: its size is used' },
  },
  outputs: { mask: { type: 'Mask', description: 'One value per cell of the latent: 1 = keep, 0 = paint' } },
  params: {
    boxes: boxListSchema('optional').default([]).meta({
      title: 'Boxes',
      description: 'What is painted anew, x0 y0 x1 y1 as fractions of the picture',
      widget: 'boxes',
      phrases: 'optional',
    }),
  },
  run({ latent, boxes }) {
    const [, , height = 0, width = 0] = latent.samples.shape
    const mask: Mask = { width, height, data: new Float32Array(width * height).fill(1) }
    for (const { box } of boxes) paint(mask, box)
    return { mask }
  },
})

/** As GLIGEN's code: corners are truncated to whole cells, the end is exclusive. A box never vanishes altogether. */
function paint(
  { width, height, data }: Mask,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): void {
  const [left, right] = cells(x0, x1, width)
  const [top, bottom] = cells(y0, y1, height)
  for (let y = top; y < bottom; y++) data.fill(0, y * width + left, y * width + right)
}

function cells(from: number, to: number, count: number): [from: number, to: number] {
  const start = Math.min(Math.trunc(from * count), count - 1)
  return [start, Math.max(Math.trunc(to * count), start + 1)]
}
