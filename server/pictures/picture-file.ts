/** What can be said of a picture from outside by its bytes alone, before any decoder sees it. */
import { limits } from '../limits.ts'

export type PictureFault = 'not-a-picture' | 'too-large' | 'too-slow' | 'damaged'

export class PictureError extends Error {
  override readonly name = 'PictureError'
  readonly code: PictureFault

  constructor(code: PictureFault, message: string) {
    super(message)
    this.code = code
  }
}

/** @throws PictureError when the bytes do not begin as PNG, JPEG or WebP, or are too many. */
export function checkPictureFile(bytes: Uint8Array): void {
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
