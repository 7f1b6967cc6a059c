/** Reads the tEXt chunks of a PNG, as its specification (third edition, §5.3 and §11.3.3) lays them out. */

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
