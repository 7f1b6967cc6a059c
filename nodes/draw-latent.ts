/** A quick picture of a latent under way, for previews. */
import { fromPixels } from '#inference/pictures.ts'
import type { Model } from '#inference/model.ts'
import type { Tensor } from '#inference/tensor.ts'
import type { Image, Latent } from './values.ts'

/** Decoding a large latent costs as much as a step or more: beyond this side, in pixels, it is averaged down first. */
const largestPreview = 128

/** Decodes a latent, at a reduced size where the full size would be slow. */
export async function drawLatent(model: Model, latent: Latent): Promise<Image> {
  const [, , height = 1, width = 1] = latent.samples.shape
  const limit = Math.max(1, Math.floor(largestPreview / model.limits.vaeScale))
  const factor = Math.ceil(Math.max(height, width) / limit)
  const small = factor > 1 ? averaged(latent.samples, factor) : latent.samples
  const [image] = fromPixels(await model.decodeLatent(small))
  if (!image) throw new Error('Cannot draw the latent: the decoder returned nothing')
  return image
}

/** Means over squares of `factor` cells; cells that do not fill a square are left out. */
function averaged({ data, shape }: Tensor, factor: number): Tensor {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape
  const rows = Math.max(1, Math.floor(height / factor))
  const columns = Math.max(1, Math.floor(width / factor))
  const out = new Float32Array(batch * channels * rows * columns)
  for (let plane = 0; plane < batch * channels; plane++)
    for (let y = 0; y < rows * factor && y < height; y++)
      for (let x = 0; x < columns * factor && x < width; x++) {
        const cell = (plane * rows + Math.floor(y / factor)) * columns + Math.floor(x / factor)
        out[cell] = (out[cell] ?? 0) + (data[(plane * height + y) * width + x] ?? 0) / (factor * factor)
      }
  return { data: out, shape: [batch, channels, rows, columns] }
}
