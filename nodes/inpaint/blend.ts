/** Repainting part of a picture (GLIGEN, arXiv 2301.07093, §3.3): the rest is put back, freshly noised, before each step. */
import { failure } from '#inference/failure.ts'
import { gaussian } from '#inference/random.ts'
import { addNoise } from '#inference/samplers/schedule.ts'
import { tensor, zeros, type Tensor } from '#inference/tensor.ts'
import { defineNode } from '../node.ts'
import type { Mask } from '../values.ts'

/** Samplers draw from the streams 1, 2, 3 … of the run's seed, one per step: these lie far from them. */
const firstStream = 0x8000_0000

export default defineNode({
  type: 'inpaint/blend',
  version: 1,
  title: 'InpaintBlend',
  description:
    'Between Steps and GatedUNetStep: puts back what is kept of a picture, with the noise of this step from the seed of the run. ' +
    'Works with every model; one with an adapter for inpainting also reads the kept part itself.',
  inputs: {
    step: { type: 'Step', description: 'The step under way, from Steps' },
    latent: { type: 'Latent', description: 'The latent before this step, from Steps' },
    clean: { type: 'Latent', description: 'The picture to keep, from VAEEncode' },
    mask: { type: 'Mask', description: 'What is kept, from InpaintMask: 1 = keep, 0 = paint' },
  },
  outputs: { latent: { type: 'Latent', description: 'The same, with the kept part put back' } },
  params: {},
  run({ step, latent, clean, mask }) {
    const { index, total, sigma } = step
    if (latent.ready && latent.ready.sigma !== sigma)
      throw failure`Cannot keep part of a picture at step ${index + 1} of ${total}: the latent is ready for noise of ${latent.ready.sigma.toPrecision(4)}, the step begins at ${sigma.toPrecision(4)}; put InpaintBlend between Steps and GatedUNetStep, or begin the loop at its first step`
    const { shape } = latent.samples
    if (clean.samples.shape.join() !== shape.join())
      throw failure`Cannot keep part of a picture: its latent is [${String(clean.samples.shape)}], the one under way [${String(shape)}]; give LatentNoise the size of the picture`
    const kept = maskOver(mask, shape)
    const noise = gaussian(step.seed, shape, firstStream + step.index)
    const noised = addNoise(step.schedule, step.index, clean.samples, noise)
    const samples = blended(noised, latent.samples, kept)
    return { latent: { ...latent, samples, known: { clean: clean.samples, mask: kept } } }
  },
})

/** known·m + new·(1 − m), the mask over every channel. */
function blended(known: Tensor, painted: Tensor, { data: mask }: Tensor): Tensor {
  const cells = mask.length
  return tensor(
    painted.data.map((value, i) => {
      const m = mask[i % cells] ?? 0
      // Not a weighted sum where nothing is mixed: the other side may be large, and its rounding would show.
      return m === 0 ? value : m === 1 ? (known.data[i] ?? 0) : m * (known.data[i] ?? 0) + (1 - m) * value
    }),
    painted.shape,
  )
}

/** [1, 1, h, w]: a mask of another size is averaged over each cell of the latent. */
function maskOver({ width, height, data }: Mask, shape: readonly number[]): Tensor {
  const [, , rows = 0, columns = 0] = shape
  const result = zeros([1, 1, rows, columns])
  const span = (cell: number, cells: number, pixels: number): [number, number] => {
    const from = Math.floor((cell * pixels) / cells)
    return [from, Math.max(from + 1, Math.floor(((cell + 1) * pixels) / cells))]
  }
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [top, bottom] = span(row, rows, height)
      const [left, right] = span(column, columns, width)
      let sum = 0
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += data[y * width + x] ?? 0
      result.data[row * columns + column] = sum / ((bottom - top) * (right - left))
    }
  return result
}
