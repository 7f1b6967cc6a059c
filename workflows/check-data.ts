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
  for (let count = 0; open.length > 0; count++) {
    const part = open.pop() as Part
    const found = count >= limits.parts ? tooMany() : partFault(part)
    if (found) faults.push(found)
    if (count >= limits.parts || faults.length >= limits.faults) return faults
    if (!found) openChildren(part, open)
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
  if (depth > limits.depth)
    return fault(part, 'too-large', `The workflow is nested deeper than ${limits.depth} levels: flatten it`)
  return isJson(value)
    ? null
    : fault(part, 'format', `This is not JSON: write text, numbers, true, false, null, lists or objects`)
}

function fault(part: Part, code: Fault['code'], message: string): Fault {
  return { code, path: pathOf(part), message }
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

function openChildren(parent: Part, open: Part[]): void {
  const { value } = parent
  if (typeof value !== 'object' || value === null) return
  const depth = parent.depth + 1
  if (!Array.isArray(value)) {
    for (const [key, child] of Object.entries(value)) open.push({ value: child, key, parent, depth })
    return
  }
  // One more than the limit is enough to see that there are too many.
  const items = value.slice(0, limits.parts + 1) as unknown[]
  for (const [key, child] of items.entries()) open.push({ value: child, key, parent, depth })
}

function pathOf(part: Part): (string | number)[] {
  const path: (string | number)[] = []
  for (let at: Part | null = part; at?.parent; at = at.parent) path.push(at.key)
  return path.reverse()
}
