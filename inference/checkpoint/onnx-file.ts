/**
 * An ONNX file that somebody else wrote, looked at before the runtime does: whether it names other files as its weights.
 * Field numbers: https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto
 */
import { CheckpointError } from './safetensors.ts'

/** The messages on the way to a tensor: for each field what it holds. */
const messages = {
  Model: { 7: 'Graph', 20: 'Training', 25: 'Function' },
  Training: { 1: 'Graph', 2: 'Graph' },
  Graph: { 1: 'Node', 5: 'Tensor', 15: 'Sparse' },
  Function: { 7: 'Node', 11: 'Attribute' },
  Node: { 5: 'Attribute' },
  Attribute: { 5: 'Tensor', 6: 'Graph', 10: 'Tensor', 11: 'Graph', 22: 'Sparse', 23: 'Sparse' },
  Sparse: { 1: 'Tensor', 2: 'Tensor' },
  Tensor: {},
} as const satisfies Record<string, Readonly<Record<number, string>>>

type Message = keyof typeof messages

/** Of a tensor: pairs that say where its values lie, and that they lie elsewhere. */
const externalData = 13
const dataLocation = 14

/** Graphs inside one another. The runtime reads them recursively. */
const maxDepth = 64

interface Part {
  readonly message: Message
  readonly start: number
  readonly end: number
  readonly depth: number
}

/**
 * Reads every tensor's place, at any depth, in time linear in the file and without recursion.
 *
 * @param place for the message
 * @throws CheckpointError when the file is no ONNX file, is nested without end, or names another file.
 */
export function checkSelfContained(bytes: Uint8Array, place: string): void {
  const refuse = (state: string) =>
    new CheckpointError(`Cannot read ${place}: ${state}; export the file again`)
  const open: Part[] = [{ message: 'Model', start: 0, end: bytes.length, depth: 0 }]
  for (let part = open.pop(); part; part = open.pop()) {
    if (part.depth > maxDepth) throw refuse(`its graphs are nested deeper than ${maxDepth} levels`)
    const children: Readonly<Record<number, Message>> = messages[part.message]
    for (let at = part.start; at < part.end;) {
      const field = readField(bytes, at, part.end)
      if (!field) throw refuse('it is no ONNX file, or ends in the middle')
      if (part.message === 'Tensor' && (field.number === externalData || field.number === dataLocation))
        throw refuse('it names another file as its weights, and must hold them itself')
      const message = children[field.number]
      if (message && field.isMessage)
        open.push({ message, start: field.start, end: field.end, depth: part.depth + 1 })
      at = field.end
    }
  }
}

interface Field {
  readonly number: number
  /** Whether it has a length, so that it may be a message. */
  readonly isMessage: boolean
  readonly start: number
  readonly end: number
}

/** The field that begins at a position; null where there is none, or it leaves what holds it. */
function readField(bytes: Uint8Array, at: number, limit: number): Field | null {
  const tag = readVarint(bytes, at, limit)
  if (!tag) return null
  const [number, kind] = [Math.floor(tag.value / 8), tag.value % 8]
  const field = (start: number, end: number, isMessage = false): Field | null =>
    number > 0 && end <= limit ? { number, isMessage, start, end } : null
  switch (kind) {
    case 0: {
      const value = readVarint(bytes, tag.end, limit)
      return value && field(tag.end, value.end)
    }
    case 1:
      return field(tag.end, tag.end + 8)
    case 2: {
      const length = readVarint(bytes, tag.end, limit)
      return length && field(length.end, length.end + length.value, true)
    }
    case 5:
      return field(tag.end, tag.end + 4)
    default:
      return null
  }
}

/** Beyond 2^53 the value loses digits; such lengths leave every file. */
function readVarint(bytes: Uint8Array, at: number, limit: number): { value: number; end: number } | null {
  let value = 0
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i]
    if (byte === undefined || at + i >= limit) return null
    value += (byte & 127) * 128 ** i
    if (byte < 128) return { value, end: at + i + 1 }
  }
  return null
}
