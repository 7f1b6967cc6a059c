/** A picture from outside: known by its first bytes, decoded under a pixel cap, and written anew as a plain PNG. */
import sharp from 'sharp'
import { limits } from '../limits.ts'
import { checkPictureFile, PictureError } from './picture-file.ts'

// Of all the loaders of libvips only these three read what a stranger sent; SVG, GIF, TIFF and the rest are refused.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'],
})

export interface ImportedPicture {
  readonly png: Buffer
  readonly width: number
  readonly height: number
}

/**
 * Decodes PNG, JPEG or WebP and encodes it again as an opaque sRGB PNG without metadata, upright.
 *
 * A decoder may crash on what it was never meant for: the server does this in another process, see `picture-decoder.ts`.
 *
 * @throws PictureError when the bytes are no such picture, are damaged, or hold more pixels than the limit.
 */
export async function importPicture(bytes: Uint8Array): Promise<ImportedPicture> {
  checkPictureFile(bytes)
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
