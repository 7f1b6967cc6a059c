/** The first look at what a stranger sent: whether it is plain JSON of a bearable size. Linear, and never recursive. */
import type { Fault } from './fault.ts'
import { limits } from './limits.ts'

/** Keys that reach into prototypes. No name in a workflow needs them. */
const reserved = new Set(['__proto__', 'constructor', 'prototype'])

interface Part {
  readonly value: unknown
  readonly key: string | number
  readonly parent: Part | null
  readonly depth: number
}

/** What makes the data unfit to be looked at any closer; empty for plain JSON within the limits. */
export function dataFaults(json: unknown): Fault[] {
  const faults: Fault[] = []
  const open: Part[] = [{ value: json, key: '', parent: null, depth: 0 }]
  let count = 1
  while (open.length > 0) {
    const part = open.pop() as Part
    const found = partFault(part)
    if (found) faults.push(found)
    else count += openChildren(part, open)
    if (count > limits.parts) return [...faults, tooMany()]
    if (faults.length >= limits.faults) return faults
  }
  return faults
}

function tooMany(): Fault {
  return {
    code: 'too-large',
    path: [],
    message: `The workflow holds more than ${limits.parts} values: split it into smaller ones`,
  }
}

function partFault(part: Part): Fault | null {
  const { value, key, depth } = part
  if (typeof key === 'string' && reserved.has(key))
    return fault(part, 'format', `The key '${key}' is reserved: rename it`)
  if (typeof key === 'string' && key.length > limits.textLength)
    return tooLong(part, `A key has ${key.length}`)
  if (typeof value === 'string' && value.length > limits.textLength)
    return tooLong(part, `A text has ${value.length}`)
  if (typeof value === 'object' && value !== null && entriesOf(value) > limits.entries)
    return fault(
      part,
      'too-large',
      `A list or object has ${entriesOf(value)} entries, the limit is ${limits.entries}: shorten it`,
    )
  if (depth > limits.depth)
    return fault(part, 'too-large', `The workflow is nested deeper than ${limits.depth} levels: flatten it`)
  return isJson(value)
    ? null
    : fault(part, 'format', `This is not JSON: write text, numbers, true, false, null, lists or objects`)
}

function fault(part: Part, code: Fault['code'], message: string): Fault {
  return { code, path: pathOf(part), message }
}

function entriesOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

function tooLong(part: Part, what: string): Fault {
  return fault(part, 'too-large', `${what} characters, the limit is ${limits.textLength}: shorten it`)
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    (prototype === Object.prototype || prototype === null) && Object.getOwnPropertySymbols(value).length === 0
  )
}

/** Lays aside what must be looked at closer; how many children there are. */
function openChildren(parent: Part, open: Part[]): number {
  const { value } = parent
  if (typeof value !== 'object' || value === null) return 0
  const depth = parent.depth + 1
  if (Array.isArray(value)) {
    for (const [key, child] of value.entries())
      if (!isSmall(child) || depth > limits.depth) open.push({ value: child, key, parent, depth })
    return value.length
  }
  const keys = Object.keys(value)
  for (const key of keys) {
    const child = (value as Record<string, unknown>)[key]
    if (!isSmall(child) || !isSmall(key) || reserved.has(key) || depth > limits.depth)
      open.push({ value: child, key, parent, depth })
  }
  return keys.length
}

/** Most of what a file holds: nothing is wrong with it, whatever it means. */
function isSmall(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= limits.textLength
  return value === null || typeof value === 'boolean' || Number.isFinite(value)
}

function pathOf(part: Part): (string | number)[] {
  const path: (string | number)[] = []
  for (let at: Part | null = part; at?.parent; at = at.parent) path.push(at.key)
  return path.reverse()
}
