/**
 * The safetensors format: 8 bytes of header length, a JSON header, then the raw tensors back to back.
 * A header comes from strangers, so every statement in it is checked before anything is read where it points.
 * Format: https://github.com/huggingface/safetensors#format
 */
import { open } from 'node:fs/promises'
import { endianness } from 'node:os'
import { z } from 'zod'
import { tensor, type Tensor } from '../tensor.ts'
import { scanJson } from './scan-json.ts'

/** A larger header is not read: 20,000 tensors need about 2 MB. */
export const maxHeaderBytes = 16 * 1024 * 1024
export const maxTensors = 20_000

const bytesPerValue = {
  ...{ BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1 },
  ...{ U16: 2, I16: 2, F16: 2, BF16: 2 },
  ...{ U32: 4, I32: 4, F32: 4 },
  ...{ U64: 8, I64: 8, F64: 8 },
} as const

export type Dtype = keyof typeof bytesPerValue

/** Where a tensor lies: `length` bytes from absolute position `offset` of `file`, little-endian, row-major. */
export interface TensorEntry {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly file: string
  readonly offset: number
  readonly length: number
}

/** Why a file is not used. The message names the file, what is wrong with it and what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError'
}

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
/** What else the writer noted. */
const metadata = '__metadata__'
const metadataSchema = z.record(z.string(), z.string())
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(count).max(16),
  data_offsets: z.tuple([count, count]),
})

/**
 * Reads and checks the header of a file; no tensor is read.
 *
 * @throws CheckpointError when the file is truncated, or its header is too large, unreadable or untrue.
 */
export async function readHeader(path: string): Promise<Map<string, TensorEntry>> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const refuse = refusal(path)
    if (size < 8) throw refuse(`it has ${size} bytes, too few for a header`)
    const length = (await readExactly(file, 0, 8)).readBigUInt64LE()
    if (length > BigInt(maxHeaderBytes))
      throw refuse(`its header claims ${length} bytes, more than the allowed ${maxHeaderBytes}`)
    if (length > BigInt(size - 8))
      throw refuse(`its header claims ${length} bytes, the file has only ${size - 8} after the length`)
    return parseHeader(await readExactly(file, 8, Number(length)), size, path)
  } finally {
    await file.close()
  }
}

/**
 * Checks a header's JSON against the size of its file.
 *
 * @param header the bytes of the JSON text
 * @param fileSize bytes of the whole file
 * @param path for the entries and the messages
 * @throws CheckpointError
 */
export function parseHeader(header: Uint8Array, fileSize: number, path: string): Map<string, TensorEntry> {
  const refuse = refusal(path)
  const json = parseObject(header, refuse)
  const named = Object.entries(json).filter(([name]) => name !== metadata)
  if (Object.hasOwn(json, metadata) && !metadataSchema.safeParse(Reflect.get(json, metadata)).success)
    throw refuse(`its ${metadata} are not texts by name`)
  if (named.length > maxTensors)
    throw refuse(`its header lists ${named.length} tensors, more than the allowed ${maxTensors}`)
  const start = 8 + header.length
  const entries = named.map(([name, value]) => entryOf(name, value, { path, start, refuse }))
  checkSpans(entries, { start, fileSize, refuse })
  return new Map(entries.map((entry) => [entry.name, entry]))
}

type Refuse = (state: string) => CheckpointError

function refusal(path: string): Refuse {
  return (state) => new CheckpointError(`Cannot read ${path}: ${state}; download or export the file again`)
}

function parseObject(header: Uint8Array, refuse: Refuse): object {
  const text = decodeUtf8(header, refuse)
  if (!text.startsWith('{')) throw refuse('its header is no JSON object')
  const { depth, duplicate } = scanJson(text)
  if (depth > 4) throw refuse(`its header is nested ${depth} deep, a header needs 3`)
  if (duplicate !== null) throw refuse(`its header names '${shorten(duplicate)}' twice`)
  try {
    return JSON.parse(text) as object
  } catch {
    throw refuse('its header is no valid JSON')
  }
}

function decodeUtf8(bytes: Uint8Array, refuse: Refuse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refuse('its header is no valid UTF-8')
  }
}

function entryOf(
  name: string,
  value: unknown,
  at: { path: string; start: number; refuse: Refuse },
): TensorEntry {
  const place = `tensor '${shorten(name)}'`
  const parsed = entrySchema.safeParse(value)
  if (!parsed.success) throw at.refuse(`the entry of ${place} is not { dtype, shape, data_offsets }`)
  const { dtype, shape, data_offsets } = parsed.data
  if (!isDtype(dtype)) throw at.refuse(`${place} has the unknown type '${shorten(dtype)}'`)
  const [from, to] = data_offsets
  const claimed = shape.reduce((product, dim) => product * BigInt(dim), BigInt(bytesPerValue[dtype]))
  if (claimed !== BigInt(to) - BigInt(from))
    throw at.refuse(
      `${place} is ${dtype} [${shape}], that is ${claimed} bytes, its offsets span ${to - from}`,
    )
  return { name, dtype, shape, file: at.path, offset: at.start + from, length: to - from }
}

function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(bytesPerValue, dtype)
}

/** Tensors must lie back to back and fill the file: then none overlaps, leaves the file or hides anything. */
function checkSpans(entries: TensorEntry[], at: { start: number; fileSize: number; refuse: Refuse }): void {
  const sorted = entries.toSorted((a, b) => a.offset - b.offset || a.length - b.length)
  let end = at.start
  for (const { name, offset, length } of sorted) {
    if (offset !== end)
      throw at.refuse(`tensor '${shorten(name)}' starts at byte ${offset}, the one before it ends at ${end}`)
    end = offset + length
  }
  if (end !== at.fileSize) {
    const state = end > at.fileSize ? 'it is truncated' : 'it has bytes that belong to no tensor'
    throw at.refuse(`${state}: its tensors end at byte ${end}, the file at ${at.fileSize}`)
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

async function readExactly(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, Math.min(length - done, 2 ** 30), position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}

/**
 * Reads one tensor and widens it to float32. Integers beyond 2^24 lose their last digits.
 *
 * @throws CheckpointError when the file has become shorter, or the type has no float32 form.
 */
export async function readTensor(entry: TensorEntry): Promise<Tensor> {
  const file = await open(entry.file, 'r')
  try {
    const bytes = await readExactly(file, entry.offset, entry.length)
    if (bytes.length < entry.length)
      throw refusal(entry.file)(`it ends within tensor '${shorten(entry.name)}'`)
    return tensor(widen(bytes, entry), entry.shape)
  } finally {
    await file.close()
  }
}

type View = (buffer: ArrayBuffer) => Iterable<number> & ArrayLike<number>

const views: Partial<Record<Dtype, View>> = {
  BOOL: (b) => new Uint8Array(b),
  U8: (b) => new Uint8Array(b),
  I8: (b) => new Int8Array(b),
  U16: (b) => new Uint16Array(b),
  I16: (b) => new Int16Array(b),
  F16: (b) => Float32Array.from(new Uint16Array(b), halfToNumber),
  BF16: (b) => new Float32Array(Uint32Array.from(new Uint16Array(b), (bits) => bits << 16).buffer),
  U32: (b) => new Uint32Array(b),
  I32: (b) => new Int32Array(b),
  F32: (b) => new Float32Array(b),
  I64: (b) => Array.from(new BigInt64Array(b), Number),
  U64: (b) => Array.from(new BigUint64Array(b), Number),
  F64: (b) => new Float64Array(b),
}

function widen(bytes: Buffer, { dtype, name, file }: TensorEntry): Float32Array {
  const view = views[dtype]
  if (!view)
    throw new CheckpointError(
      `Cannot read tensor '${shorten(name)}' of ${file}: ${dtype} has no float32 form`,
    )
  if (endianness() !== 'LE') throw new CheckpointError(`Cannot read ${file}: this machine is big-endian`)
  const values = view(Uint8Array.from(bytes).buffer)
  return values instanceof Float32Array ? values : Float32Array.from(values)
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
