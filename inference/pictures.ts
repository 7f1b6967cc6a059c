/** Pictures as people know them, and as networks do. */
import sharp, { type OutputInfo, type Sharp } from 'sharp'
import { CheckpointError } from './checkpoint/safetensors.ts'
import { sizeOf, tensor, type Tensor } from './tensor.ts'

/** float32, 0..1, RGB, height × width × 3. */
export interface Image {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

export class PictureError extends Error {
  override readonly name = 'PictureError'
}

/** Every other decoder of the library is switched off, for the whole process: each is a door for hostile files. */
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'],
})

const defaultMaxPixels = 16 * 1024 * 1024

/**
 * Decodes a PNG, JPEG or WebP file. Turned as its orientation says; transparent places become white.
 *
 * @param options.maxPixels larger pictures are refused before they are unpacked; default 16 Mi
 * @throws PictureError when the bytes are no such picture, damaged, or too large
 */
export async function decodePicture(
  bytes: Uint8Array,
  { maxPixels = defaultMaxPixels } = {},
): Promise<Image> {
  try {
    const picture = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 })
    const raw = picture.autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb')
    const { data, info } = await raw.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    return fromBytes(data, info)
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new PictureError(
      `Cannot read the picture: ${reason}; it must be a PNG, JPEG or WebP of at most ${maxPixels} pixels`,
    )
  }
}

function fromBytes(data: Buffer, { width, height, channels }: OutputInfo): Image {
  const values = new Float32Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let c = 0; c < 3; c++)
      values[pixel * 3 + c] = (data[pixel * channels + (channels >= 3 ? c : 0)] ?? 0) / 255
  return { width, height, data: values }
}

function toBytes({ data }: Image): Buffer {
  return Buffer.from(Uint8Array.from(data, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255)))
}

function toSharp(image: Image): Sharp {
  return sharp(toBytes(image), { raw: { width: image.width, height: image.height, channels: 3 } })
}

/** Lossless, 8 bits a channel. */
export async function encodePng(image: Image): Promise<Uint8Array> {
  return await toSharp(image).png().toBuffer()
}

export interface ResizeOptions {
  readonly width: number
  readonly height: number
  /** `fill` stretches, `cover` crops what hangs over. Default `fill`. */
  readonly fit?: 'fill' | 'cover'
  /** Default `lanczos3`. */
  readonly kernel?: 'nearest' | 'linear' | 'cubic' | 'lanczos3'
}

/** Another size; works on 8 bits a channel. */
export async function resizePicture(
  image: Image,
  { width, height, fit = 'fill', kernel = 'lanczos3' }: ResizeOptions,
): Promise<Image> {
  const resized = toSharp(image).resize({ width, height, fit, kernel })
  const { data, info } = await resized.raw().toBuffer({ resolveWithObject: true })
  return fromBytes(data, info)
}

/** [1, 3, H, W] in −1..1, as the autoencoder reads it. */
export function toPixels({ width, height, data }: Image): Tensor {
  const area = width * height
  const planes = new Float32Array(3 * area)
  for (let i = 0; i < area * 3; i++) planes[(i % 3) * area + Math.floor(i / 3)] = 2 * (data[i] ?? 0) - 1
  return tensor(planes, [1, 3, height, width])
}

/** One picture per batch row of [B, 3, H, W] in −1..1; what lies outside is clamped. */
export function fromPixels({ data, shape }: Tensor): Image[] {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape
  if (channels !== 3)
    throw new PictureError(`Cannot show pixels of shape [${shape}]: a picture has 3 channels`)
  const area = width * height
  return Array.from({ length: batch }, (_, n) => {
    const values = new Float32Array(area * 3)
    for (let i = 0; i < area * 3; i++) {
      const pixel = data[n * area * 3 + (i % 3) * area + Math.floor(i / 3)] ?? 0
      values[i] = Math.min(1, Math.max(0, pixel / 2 + 0.5))
    }
    return { width, height, data: values }
  })
}

/** What an image encoder's processor does to a picture before the encoder sees it. */
export interface Preprocessing {
  /** Side of the square the encoder reads. */
  readonly side: number
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
  /** Whether a picture that is not square is cropped (true) or stretched. */
  readonly crop: boolean
}

const clipMean = [0.48145466, 0.4578275, 0.40821073]
const clipDeviation = [0.26862954, 0.26130258, 0.27577711]

/** @throws CheckpointError when mean or deviation are not three numbers. */
export function readPreprocessing(
  config: Readonly<Record<string, unknown>> | null,
  side: number,
): Preprocessing {
  const threeOf = (field: string, fallback: readonly number[]) => {
    const value = config?.[field] ?? fallback
    if (Array.isArray(value) && value.length === 3 && value.every((item) => typeof item === 'number'))
      return value
    throw new CheckpointError(
      `Cannot use the image processor: ${field} is ${JSON.stringify(value)}, it must be three numbers`,
    )
  }
  return {
    side,
    mean: threeOf('image_mean', clipMean),
    deviation: threeOf('image_std', clipDeviation),
    crop: config?.do_center_crop !== false,
  }
}

/** [1, 3, side, side], normalised. */
export async function preprocess(
  image: Image,
  { side, mean, deviation, crop }: Preprocessing,
): Promise<Tensor> {
  const fit = crop ? 'cover' : 'fill'
  const { data } = await resizePicture(image, { width: side, height: side, fit, kernel: 'cubic' })
  const area = side * side
  const planes = new Float32Array(sizeOf([3, area]))
  for (let i = 0; i < area * 3; i++) {
    const c = i % 3
    planes[c * area + Math.floor(i / 3)] = ((data[i] ?? 0) - (mean[c] ?? 0)) / (deviation[c] ?? 1)
  }
  return tensor(planes, [1, 3, side, side])
}
