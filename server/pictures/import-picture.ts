/** A picture from outside: known by its first bytes, decoded under a pixel cap, and written anew as a plain PNG. */
import sharp from 'sharp'
import { limits } from '../limits.ts'

// Of all the loaders of libvips only these three read what a stranger sent; SVG, GIF, TIFF and the rest are refused.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'],
})

export type PictureFault = 'not-a-picture' | 'too-large' | 'damaged'

export class PictureError extends Error {
  override readonly name = 'PictureError'
  readonly code: PictureFault

  constructor(code: PictureFault, message: string) {
    super(message)
    this.code = code
  }
}

export interface ImportedPicture {
  readonly png: Buffer
  readonly width: number
  readonly height: number
}

/**
 * Decodes PNG, JPEG or WebP and encodes it again as an opaque sRGB PNG without metadata, upright.
 *
 * @throws PictureError when the bytes are no such picture, are damaged, or hold more pixels than the limit.
 */
export async function importPicture(bytes: Uint8Array): Promise<ImportedPicture> {
  if (bytes.length > limits.pictureBytes)
    throw new PictureError(
      'too-large',
      `Cannot import the picture: it has ${bytes.length} bytes, the limit is ${limits.pictureBytes}`,
    )
  if (!isPicture(bytes))
    throw new PictureError(
      'not-a-picture',
      'Cannot import the picture: only PNG, JPEG and WebP files can be read',
    )
  const input = sharp(bytes, {
    limitInputPixels: limits.picturePixels,
    failOn: 'warning',
    sequentialRead: true,
  })
  try {
    const { width, height } = await input.metadata()
    if (Math.max(width, height) > limits.pictureSide)
      throw new PictureError(
        'too-large',
        `Cannot import the picture: it is ${width} × ${height} pixels, a side has at most ${limits.pictureSide}`,
      )
    const { data, info } = await input
      .timeout({ seconds: limits.pictureSeconds })
      .rotate()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .png({ compressionLevel: 6 })
      .toBuffer({ resolveWithObject: true })
    return { png: data, width: info.width, height: info.height }
  } catch (error) {
    throw asPictureError(error)
  }
}

function asPictureError(error: unknown): PictureError {
  if (error instanceof PictureError) return error
  const reason = error instanceof Error ? error.message : ''
  if (/exceeds pixel limit/i.test(reason))
    return new PictureError(
      'too-large',
      `Cannot import the picture: it has more than ${limits.picturePixels} pixels, make it smaller`,
    )
  return new PictureError('damaged', 'Cannot import the picture: the file is damaged, save it again')
}

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const jpeg = [0xff, 0xd8, 0xff]
const riff = [...Buffer.from('RIFF')]
const webp = [...Buffer.from('WEBP')]

function isPicture(bytes: Uint8Array): boolean {
  return (
    startsWith(bytes, png) ||
    startsWith(bytes, jpeg) ||
    (startsWith(bytes, riff) && startsWith(bytes.subarray(8), webp))
  )
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}
