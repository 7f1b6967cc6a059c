/** The one primitive by which a workflow changes: put or drop the value at a path. Every change has an inverse. */
import type { Workflow } from '#workflows/format.ts'
import { indexOfKey, isRecord, own, sameJson, withEntry, withoutEntry, type JsonRecord } from './record.ts'

/**
 * Sets the entry at `path`, or removes it where `value` is undefined.
 *
 * `at` says between which keys a new entry goes, so that undoing a removal restores the file byte for byte.
 */
export interface Change {
  readonly path: readonly string[]
  readonly value: unknown
  readonly at?: number
}

export interface Applied {
  readonly document: Workflow
  readonly inverse: Change
}

/**
 * The workflow after a change, and the change that takes it back.
 *
 * @throws RangeError when the path leads through something that is not there.
 */
export function applyChange(document: Workflow, change: Change): Applied {
  let inverse: Change | undefined
  const result = rewrite(document, change.path, (record, key) => {
    const value = own(record, key)
    inverse = { path: change.path, value, ...(value !== undefined && { at: indexOfKey(record, key) }) }
    if (change.value === undefined) return withoutEntry(record, key)
    return withEntry(record, key, change.value, change.at)
  })
  if (!inverse) throw new RangeError('Cannot change the workflow: the path is empty')
  return { document: result as Workflow, inverse }
}

/** Applies changes in order; the inverses come out in the order in which they are to be applied. */
export function applyChanges(document: Workflow, changes: readonly Change[]) {
  const inverses: Change[] = []
  for (const change of changes) {
    const applied = applyChange(document, change)
    document = applied.document
    inverses.unshift(applied.inverse)
  }
  return { document, inverses }
}

type Edit = (record: JsonRecord, key: string) => JsonRecord

function rewrite(record: unknown, path: readonly string[], edit: Edit): unknown {
  const [key, ...rest] = path
  if (key === undefined || !isRecord(record))
    throw new RangeError(`Cannot change the workflow: nothing stands at '${path.join('.')}'`)
  if (rest.length === 0) return edit(record, key)
  return withEntry(record, key, rewrite(own(record, key), rest, edit))
}

/** Collects the changes of one edit, each applied at once so that the next sees its effect. */
export class Draft {
  readonly changes: Change[] = []
  document: Workflow

  constructor(document: Workflow) {
    this.document = document
  }

  /** Sets the value at a path; parents that are missing are made on the way. */
  put(path: readonly string[], value: unknown): void {
    if (sameJson(this.read(path), value)) return
    const depth = this.firstMissing(path)
    const nested = path.slice(depth + 1).reduceRight((inner: unknown, key) => ({ [key]: inner }), value)
    this.apply({ path: path.slice(0, depth + 1), value: nested })
  }

  /** Removes the value at a path, and its parent where that is left empty inside a node or the view. */
  drop(path: readonly string[]): void {
    if (this.read(path) === undefined) return
    this.apply({ path, value: undefined })
    const parent = path.slice(0, -1)
    const rest = this.read(parent)
    if (parent.length >= 2 && isRecord(rest) && Object.keys(rest).length === 0) this.drop(parent)
  }

  read(path: readonly string[]): unknown {
    return path.reduce(
      (value: unknown, key) => (isRecord(value) ? own(value, key) : undefined),
      this.document,
    )
  }

  private firstMissing(path: readonly string[]): number {
    const missing = path.findIndex((_, index) => this.read(path.slice(0, index + 1)) === undefined)
    return missing < 0 ? path.length - 1 : missing
  }

  private apply(change: Change): void {
    this.document = applyChange(this.document, change).document
    this.changes.push(change)
  }
}
