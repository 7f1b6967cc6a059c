/**
 * Names values by their content. Two values share a hash when a node could not tell them apart: keys of an object in
 * any order, a key that is undefined or missing. 0 and −0 differ; all NaN are one, except inside typed arrays, which are
 * compared byte by byte.
 */
import { hash } from 'node:crypto'

/** A value's SHA-256 in base64, and about how much memory it holds. */
export interface Digest {
  readonly hash: string
  readonly bytes: number
}

/** Values are immutable by law, so one hash of an object holds for good. */
const known = new WeakMap<object, Digest>()

const deepest = 100

/**
 * The digest of plain data: objects, arrays, typed arrays, texts, numbers, bigints, booleans, null, undefined.
 *
 * @throws TypeError for anything else (functions, class instances, data that contains itself).
 */
export function digestOf(value: unknown): Digest {
  return typeof value === 'object' && value !== null ? remembered(value, 0) : measure(value, false, 0)
}

/** The same without believing what was computed before: tells whether somebody changed the value since. */
export function digestAnew(value: unknown): Digest {
  return measure(value, true, 0)
}

function remembered(value: object, depth: number): Digest {
  const digest = known.get(value) ?? measure(value, false, depth)
  known.set(value, digest)
  return digest
}

function measure(value: unknown, afresh: boolean, depth: number): Digest {
  const writer = new Writer(afresh, depth)
  writer.write(value, depth)
  return { hash: sha256(writer.text), bytes: writer.bytes }
}

export function sha256(data: string | NodeJS.ArrayBufferView): string {
  return hash('sha256', data, 'base64')
}

/**
 * Writes a value as one text in which different values look different. An object inside it is written as its own hash:
 * a schedule that a thousand steps share is hashed once, not a thousand times.
 */
class Writer {
  text = ''
  bytes = 0
  readonly #afresh: boolean
  readonly #top: number

  constructor(afresh: boolean, top: number) {
    this.#afresh = afresh
    this.#top = top
  }

  write(value: unknown, depth: number): void {
    if (typeof value === 'string') return this.#writeText(value)
    if (typeof value === 'object' && value !== null) return this.#writeObject(value, depth)
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new TypeError(`a ${typeof value} is not plain data`)
    this.bytes += 8
    this.text += typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : String(value)
  }

  #writeText(value: string): void {
    this.bytes += 2 * value.length
    // Quoted: lone surrogates would all become the same character on the way into the hash.
    this.text += JSON.stringify(value)
  }

  #writeObject(value: object, depth: number): void {
    if (depth > deepest) throw new TypeError('it contains itself, or is nested too deeply')
    if (depth > this.#top) return this.#writeHash(value, depth)
    this.bytes += 32
    if (ArrayBuffer.isView(value)) this.#writeView(value as NodeJS.ArrayBufferView)
    else if (Array.isArray(value)) this.#writeArray(value, depth)
    else this.#writeRecord(value, depth)
  }

  #writeHash(value: object, depth: number): void {
    const digest = this.#afresh ? measure(value, true, depth) : remembered(value, depth)
    this.bytes += digest.bytes
    this.text += `<${digest.hash}>`
  }

  #writeView(value: NodeJS.ArrayBufferView): void {
    this.bytes += value.byteLength
    this.text += `${value.constructor.name}<${value.byteLength} ${sha256(value)}>`
  }

  #writeArray(value: readonly unknown[], depth: number): void {
    this.text += '['
    for (const item of value) {
      this.write(item, depth + 1)
      this.text += ','
    }
    this.text += ']'
  }

  #writeRecord(value: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null)
      throw new TypeError(`a ${value.constructor.name} is not plain data`)
    this.text += '{'
    for (const key of Object.keys(value).sort()) {
      const item: unknown = value[key as keyof typeof value]
      if (item === undefined) continue
      this.text += `${JSON.stringify(key)}:`
      this.write(item, depth + 1)
      this.text += ','
    }
    this.text += '}'
  }
}

/** What a node's result depends on: the hash of every value that arrives, by input or parameter. */
export type KeyParts = ReadonlyMap<string, string>

/** The key of a node's result. Node ids, titles and positions have no part in it. */
export function keyOf(type: string, version: number, parts: KeyParts): string {
  return sha256(JSON.stringify([type, version, ...parts]))
}
