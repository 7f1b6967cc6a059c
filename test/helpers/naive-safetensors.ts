/**
 * A second reader of safetensors headers, to compare the first with: it shares no code and no method with it. The JSON is read
 * letter by letter into pairs, and every byte of the file is given to the tensors that claim it.
 */

export interface NaiveTensor {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly offset: number
  readonly length: number
}

type Json =
  string | number | boolean | null | Json[] | { readonly pairs: readonly (readonly [string, Json])[] }

/** The tensors by name; null where any of it is not as the format says. */
export function readNaively(header: Uint8Array, fileSize: number): Map<string, NaiveTensor> | null {
  try {
    const text = Buffer.from(header).toString('utf8')
    if (!Buffer.from(text).equals(Buffer.from(header)) || text[0] !== '{') return null
    const tensors = new Map<string, NaiveTensor>()
    for (const [name, value] of pairsOf(new Reader(text).document()))
      if (name === '__metadata__') checkMetadata(value)
      else tensors.set(name, tensorOf(value, 8 + header.length))
    return isCovered([...tensors.values()], 8 + header.length, fileSize) ? tensors : null
  } catch (error) {
    if (error instanceof Untrue) return null
    throw error
  }
}

class Untrue extends Error {}

function must(holds: boolean): asserts holds {
  if (!holds) throw new Untrue()
}

function pairsOf(value: Json): readonly (readonly [string, Json])[] {
  must(typeof value === 'object' && value !== null && 'pairs' in value)
  return value.pairs
}

function checkMetadata(value: Json): void {
  for (const [, text] of pairsOf(value)) must(typeof text === 'string')
}

function tensorOf(value: Json, start: number): NaiveTensor {
  const fields = new Map(pairsOf(value))
  must(fields.size === 3)
  const [dtype, shape, offsets] = ['dtype', 'shape', 'data_offsets'].map((name) => fields.get(name))
  must(typeof dtype === 'string')
  const [sides, [from, to, ...more]] = [countsIn(shape), countsIn(offsets)]
  must(sides.length <= 16 && from !== undefined && to !== undefined && more.length === 0)
  must(
    sides.reduce((product, side) => product * BigInt(side), bitsOf(dtype)) ===
      8n * (BigInt(to) - BigInt(from)),
  )
  return { dtype, shape: sides, offset: start + from, length: to - from }
}

function countsIn(value: Json | undefined): number[] {
  must(Array.isArray(value))
  return value.map((count) => {
    must(typeof count === 'number' && Number.isSafeInteger(count) && count >= 0)
    return count
  })
}

/** The number in a type is its width in bits. */
function bitsOf(dtype: string): bigint {
  must(/^(BOOL|F8_E4M3|F8_E5M2|[UI](8|16|32|64)|F(16|32|64)|BF16)$/.test(dtype))
  return BigInt(/\d+/.exec(dtype)?.[0] ?? 8)
}

/** Whether every byte after the header belongs to exactly one tensor, and an empty tensor stands inside no other. */
function isCovered(tensors: readonly NaiveTensor[], start: number, fileSize: number): boolean {
  if (fileSize < start) return false
  const claims = new Map<number, number>()
  for (const { offset, length } of tensors) {
    if (offset + length > fileSize) return false
    for (let at = offset; at < offset + length; at++) claims.set(at, (claims.get(at) ?? 0) + 1)
  }
  for (let at = start; at < fileSize; at++) if (claims.get(at) !== 1) return false
  return tensors.every(
    (empty) =>
      empty.length > 0 ||
      tensors.every(({ offset, length }) => empty.offset <= offset || empty.offset >= offset + length),
  )
}

/** JSON as RFC 8259 has it, and no key twice in an object. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): Json {
    const value = this.#value()
    must(this.#at === this.#text.length)
    return value
  }

  #match(pattern: RegExp): string | null {
    const sticky = new RegExp(pattern, 'y')
    sticky.lastIndex = this.#at
    const found = sticky.exec(this.#text)?.[0] ?? null
    this.#at += found?.length ?? 0
    return found
  }

  #takes(sign: string): boolean {
    this.#match(/[ \t\r\n]*/)
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }

  #value(): Json {
    const value = this.#bareValue()
    this.#match(/[ \t\r\n]*/)
    return value
  }

  #bareValue(): Json {
    if (this.#takes('{')) return { pairs: this.#pairs() }
    if (this.#takes('[')) return this.#items()
    if (this.#takes('"')) return this.#string()
    const word = this.#match(/true|false|null/)
    if (word) return { true: true, false: false, null: null }[word] ?? null
    const number = this.#match(/-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/)
    must(number !== null)
    return Number(number)
  }

  #pairs(): [string, Json][] {
    const pairs = new Map<string, Json>()
    if (this.#takes('}')) return []
    do {
      must(this.#takes('"'))
      const key = this.#string()
      must(!pairs.has(key) && this.#takes(':'))
      pairs.set(key, this.#value())
    } while (this.#takes(','))
    must(this.#takes('}'))
    return [...pairs]
  }

  #items(): Json[] {
    const items: Json[] = []
    if (this.#takes(']')) return items
    do items.push(this.#value())
    while (this.#takes(','))
    must(this.#takes(']'))
    return items
  }

  #string(): string {
    let text = ''
    for (;;) {
      text += this.#match(/[^"\\\u0000-\u001f]*/) ?? ''
      if (this.#takesNow('"')) return text
      must(this.#takesNow('\\'))
      const escape = this.#match(/["\\/bfnrt]|u[0-9a-fA-F]{4}/)
      must(escape !== null)
      const plain = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[escape]
      text += escape.length > 1 ? String.fromCharCode(parseInt(escape.slice(1), 16)) : (plain ?? escape)
    }
  }

  #takesNow(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }
}
