/** Reads and writes the tEXt chunks of a PNG, as its specification (third edition, §5.3 and §11.3.3) lays them out. */

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const maxChunks = 10_000
const maxTextBytes = 16 * 2 ** 20

export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, index) => bytes[index] === byte)
}

/**
 * The text stored under a keyword in the file; null when there is none.
 *
 * @throws RangeError when the bytes are no PNG, a chunk is longer than the file, or the text is over 16 MiB.
 */
export function readPngText(bytes: Uint8Array, keyword: string): string | null {
  if (!isPng(bytes)) throw new RangeError('Cannot read the picture: it is not a PNG file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = signature.length
  for (let count = 0; offset + 12 <= bytes.length && count < maxChunks; count++) {
    const length = view.getUint32(offset)
    const kind = latin1(bytes.subarray(offset + 4, offset + 8))
    const end = offset + 8 + length
    if (end + 4 > bytes.length)
      throw new RangeError(`Cannot read the picture: chunk '${kind}' is longer than the file, it is cut off`)
    const text = kind === 'tEXt' ? textOf(bytes.subarray(offset + 8, end), keyword) : null
    if (text !== null || kind === 'IEND') return text
    offset = end + 4
  }
  return null
}

/**
 * The same picture with this text under the keyword, in place of any that stood there. Pixels are not touched.
 *
 * @throws RangeError when the bytes are no whole PNG.
 */
export function writePngText(bytes: Uint8Array, keyword: string, text: string): Uint8Array<ArrayBuffer> {
  if (!isPng(bytes)) throw new RangeError('Cannot write into the picture: it is not a PNG file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = [bytes.subarray(0, signature.length)]
  let offset = signature.length
  for (let kind = ''; kind !== 'IEND';) {
    if (offset + 12 > bytes.length) throw new RangeError('Cannot write into the picture: it is cut off')
    const end = offset + 12 + view.getUint32(offset)
    kind = latin1(bytes.subarray(offset + 4, offset + 8))
    if (kind === 'IEND') parts.push(textChunk(keyword, text))
    const isOld = kind === 'tEXt' && textOf(bytes.subarray(offset + 8, end - 4), keyword) !== null
    if (!isOld) parts.push(bytes.subarray(offset, end))
    offset = end
  }
  return joined(parts)
}

function textChunk(keyword: string, text: string): Uint8Array {
  const data = new TextEncoder().encode(`tEXt${keyword}\0${text}`)
  const chunk = new Uint8Array(data.length + 8)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length - 4)
  chunk.set(data, 4)
  view.setUint32(data.length + 4, crc32(data))
  return chunk
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** CRC-32 of ISO 3309, bit by bit: a text is short. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** A chunk's text is Latin-1 by the letter; JSON beyond ASCII is written as UTF-8 and read so where it is valid. */
function textOf(data: Uint8Array, keyword: string): string | null {
  const zero = data.indexOf(0)
  if (zero < 0 || latin1(data.subarray(0, zero)) !== keyword) return null
  const text = data.subarray(zero + 1)
  if (text.length > maxTextBytes)
    throw new RangeError(`Cannot read the picture: its text '${keyword}' is over ${maxTextBytes} bytes long`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text)
  } catch {
    return latin1(text)
  }
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
