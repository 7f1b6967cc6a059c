/** Reading and rewriting plain JSON records without ever touching a prototype: keys come from strangers' files. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonRecord<T = unknown> = Readonly<Record<string, T>>

/** The record's own entry; undefined for names such as `constructor` that only its prototype knows. */
export function own<T>(record: JsonRecord<T> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined
}

/** Where the key stands among the record's keys; -1 when it is absent. */
export function indexOfKey(record: JsonRecord, key: string): number {
  return Object.keys(record).indexOf(key)
}

/** A copy with the entry set: in place when the key exists, otherwise before the `at`th key or at the end. */
export function withEntry<T>(record: JsonRecord<T>, key: string, value: T, at?: number): Record<string, T> {
  // A computed key in a literal makes an own entry, even of `__proto__`.
  if (at === undefined || Object.hasOwn(record, key)) return { ...record, [key]: value }
  const entries = Object.entries(record)
  entries.splice(at, 0, [key, value])
  return Object.fromEntries(entries)
}

/** A copy without the entry. */
export function withoutEntry<T>(record: JsonRecord<T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether two JSON values are the same, the order of keys aside. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]))
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  )
}
