import { failure } from '#inference/failure.ts'
import { defineNode } from '../node.ts'
import type { Image } from '../values.ts'

export default defineNode({
  type: 'inpaint/paste',
  version: 1,
  title: 'InpaintPaste',
  description:
    'Puts the pixels that were to be kept back over the painted picture: what the decoder made of them is a little off.',
  inputs: {
    image: { type: 'Image', description: 'The painted picture, from VAEDecode' },
    original: { type: 'Image', description: 'The picture that was kept, as large' },
    mask: { type: 'Mask', description: 'What is kept, from InpaintMask: 1 = keep, 0 = paint' },
  },
  outputs: { image: { type: 'Image', description: 'The painted part in the original' } },
  params: {},
  run({ image, original, mask }) {
    const { width, height } = image
    if (original.width !== width || original.height !== height)
      throw failure`Cannot put pixels back: the original has ${original.width} × ${original.height}, the painted picture ${width} × ${height}; put a Resize node before`
    const result: Image = { width, height, data: new Float32Array(image.data.length) }
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const row = Math.floor((y * mask.height) / height)
        const kept = mask.data[row * mask.width + Math.floor((x * mask.width) / width)] ?? 0
        for (let c = 3 * (y * width + x), end = c + 3; c < end; c++)
          result.data[c] = kept * (original.data[c] ?? 0) + (1 - kept) * (image.data[c] ?? 0)
      }
    return { image: result }
  },
})
