/** Makes a preview small enough for a socket: PNG for a picture of few pixels, WebP for a larger one. */
import sharp from 'sharp'
import type { Image } from '#nodes/values.ts'
import type { PreviewHeader } from '#workflows/protocol.ts'
import { limits } from '../limits.ts'

export type EncodedPreview = Pick<PreviewHeader, 'mime' | 'width' | 'height'> & { readonly bytes: Uint8Array }

/** Small pictures are shown enlarged pixel by pixel, which only looks right without loss. */
const losslessSide = 128

export async function encodePreview(image: Image): Promise<EncodedPreview> {
  const { width, height } = image
  const picture = sharp(toBytes(image.data), { raw: { width, height, channels: 3 } })
  const isSmall = Math.max(width, height) <= losslessSide
  const encoder = isSmall
    ? picture.png({ compressionLevel: 3 })
    : picture
        .resize(limits.previewSide, limits.previewSide, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 80 })
  const { data, info } = await encoder.toBuffer({ resolveWithObject: true })
  return { mime: isSmall ? 'image/png' : 'image/webp', width: info.width, height: info.height, bytes: data }
}

/** 0..1 → 0..255, rounded; what lies outside is clamped, which Uint8ClampedArray does by itself. */
function toBytes(data: Float32Array): Uint8ClampedArray {
  return Uint8ClampedArray.from(data, (value) => value * 255)
}
