/** The parser of socket.io, which refuses deeply nested JSON before it parses it. */
import * as parser from 'socket.io-parser'
import { checkDepth } from '../json.ts'
import { limits } from '../limits.ts'

/** A message wraps its payload in an array and an object. */
const wrapping = 2

class GuardedDecoder extends parser.Decoder {
  override add(message: unknown): void {
    if (typeof message === 'string') checkDepth(Buffer.from(message), limits.jsonDepth + wrapping)
    super.add(message)
  }
}

export const guardedParser = { ...parser, Decoder: GuardedDecoder }
