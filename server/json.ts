/** JSON from outside: bounded in bytes and depth before it is parsed. */
import { limits } from './limits.ts'

export type JsonFaultCode = 'too-large' | 'too-deep' | 'not-json'

export class JsonError extends Error {
  override readonly name = 'JsonError'
  readonly code: JsonFaultCode

  constructor(code: JsonFaultCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Parses JSON that a stranger wrote.
 *
 * @throws JsonError when it is larger than `most` bytes or deeper than the limit, or no JSON.
 */
export function parseJson(bytes: Uint8Array, most: number = limits.jsonBytes): unknown {
  if (bytes.length > most)
    throw new JsonError(
      'too-large',
      `Cannot read the JSON: it has ${bytes.length} bytes, the limit is ${most}`,
    )
  checkShape(bytes, limits.jsonDepth)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new JsonError(
      'not-json',
      `Cannot read the JSON: ${error instanceof Error ? error.message : 'it is malformed'}`,
    )
  }
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket, colon] = Buffer.from('"\\{}[]:')

/**
 * Counts brackets and keys without parsing: a parser takes seconds for a million brackets, and other code overflows its
 * stack; of all that JSON may hold, keys of which none is like another cost most.
 *
 * @throws JsonError when arrays and objects are nested deeper than `depth`, or there are more keys than the limit.
 */
export function checkShape(bytes: Uint8Array, depth: number): void {
  let open = 0
  let keys = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (inString) {
      if (byte === backslash) i++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === openBrace || byte === openBracket) open++
    else if (byte === closeBrace || byte === closeBracket) open--
    else if (byte === colon) keys++
    if (open > depth)
      throw new JsonError(
        'too-deep',
        `Cannot read the JSON: it is nested deeper than ${depth} levels, flatten it`,
      )
    if (keys > limits.jsonKeys)
      throw new JsonError(
        'too-large',
        `Cannot read the JSON: it has more than ${limits.jsonKeys} keys, split it into smaller ones`,
      )
  }
}
