/** A workflow inside a PNG: one tEXt chunk `groundwork`, written after IHDR. PNG specification, 11.3.4. */
import { crc32 } from 'node:zlib'
import { limits } from '../limits.ts'

const keyword = 'groundwork'
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Length and type before a chunk's data, checksum after it. */
const overhead = 12

export type PngTextFault =
  'not-png' | 'no-workflow' | 'truncated' | 'too-many-chunks' | 'too-large' | 'bad-checksum'

export class PngTextError extends Error {
  override readonly name = 'PngTextError'
  readonly code: PngTextFault

  constructor(code: PngTextFault, message: string) {
    super(message)
    this.code = code
  }
}

/** The PNG with the workflow inside; whatever is not ASCII is escaped, for tEXt is Latin-1. */
export function writeWorkflow(png: Uint8Array, workflow: unknown): Buffer {
  const text = Buffer.from(escapeNonAscii(JSON.stringify(workflow)), 'latin1')
  const head = nextChunk(checkSignature(png), signature.length)
  const chunk = textChunk(Buffer.concat([Buffer.from(`${keyword}\0`, 'latin1'), text]))
  return Buffer.concat([png.subarray(0, head.end), chunk, png.subarray(head.end)])
}

/**
 * The text of the workflow inside a PNG, as JSON; null when there is none. The pixels are not looked at.
 *
 * @throws PngTextError when the file is no PNG, ends in the middle of a chunk, or is over a limit.
 */
export function readWorkflow(bytes: Uint8Array): string | null {
  const png = checkSignature(bytes)
  let others = 0
  for (let at = signature.length; at < png.length;) {
    const chunk = nextChunk(png, at)
    if (chunk.type === 'IEND') return null
    if (chunk.type !== 'IDAT' && ++others > limits.pngChunks)
      throw new PngTextError(
        'too-many-chunks',
        `Cannot read the PNG: it has more than ${limits.pngChunks} chunks beside its pixels`,
      )
    if (chunk.type === 'tEXt') {
      const text = textOf(png, chunk)
      if (text !== null) return text
    }
    at = chunk.end
  }
  throw truncated()
}

interface Chunk {
  readonly type: string
  readonly start: number
  /** Just past the checksum. */
  readonly end: number
}

function checkSignature(bytes: Uint8Array): Buffer {
  const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!png.subarray(0, signature.length).equals(signature))
    throw new PngTextError('not-png', 'Cannot read the PNG: the file does not begin as a PNG does')
  return png
}

function nextChunk(png: Buffer, start: number): Chunk {
  if (start + overhead > png.length) throw truncated()
  const end = start + overhead + png.readUInt32BE(start)
  if (end > png.length) throw truncated()
  return { type: png.toString('latin1', start + 4, start + 8), start, end }
}

function truncated(): PngTextError {
  return new PngTextError('truncated', 'Cannot read the PNG: the file ends in the middle, save it again')
}

/** The text of a chunk of ours; null when the chunk holds something else. */
function textOf(png: Buffer, { start, end }: Chunk): string | null {
  const data = png.subarray(start + 8, end - 4)
  const prefix = `${keyword}\0`
  if (data.toString('latin1', 0, prefix.length) !== prefix) return null
  if (data.length - prefix.length > limits.pngTextBytes)
    throw new PngTextError(
      'too-large',
      `Cannot read the workflow in the PNG: it is larger than ${limits.pngTextBytes} bytes`,
    )
  if (crc32(png.subarray(start + 4, end - 4)) !== png.readUInt32BE(end - 4))
    throw new PngTextError(
      'bad-checksum',
      'Cannot read the workflow in the PNG: its checksum is wrong, the file is damaged',
    )
  return data.toString('latin1', prefix.length)
}

function textChunk(data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('tEXt', 'latin1'), data])
  const chunk = Buffer.alloc(data.length + overhead)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), chunk.length - 4)
  return chunk
}

function escapeNonAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
