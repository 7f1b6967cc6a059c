/** The one primitive by which a workflow changes: put or drop the value at a path. Every change has an inverse. */
import type { Workflow } from '#workflows/format.ts'
import { indexOfKey, isRecord, own, sameJson, withEntry, withoutEntry, type JsonRecord } from './record.ts'
import { graphAt } from './scope.ts'

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

/**
 * Collects the changes of one edit, each applied at once so that the next sees its effect.
 *
 * It edits the graph at `at` (the whole file, or one of its subgraphs): paths are relative to there.
 */
export class Draft {
  readonly changes: Change[] = []
  /** In the order in which they are to be applied. */
  readonly inverses: Change[] = []
  /** The whole file as it now is. */
  file: Workflow
  readonly at: readonly string[]

  constructor(file: Workflow, at: readonly string[] = []) {
    this.file = file
    this.at = at
  }

  /** The graph that is edited, as it now is. */
  get document(): Workflow {
    return graphAt(this.file, this.at)
  }

  /** Sets the value at a path; parents that are missing are made on the way. */
  put(path: readonly string[], value: unknown): void {
    if (sameJson(this.read(path), value)) return
    const whole = [...this.at, ...path]
    const depth = this.firstMissing(whole)
    const nested = whole.slice(depth + 1).reduceRight((inner: unknown, key) => ({ [key]: inner }), value)
    this.apply({ path: whole.slice(0, depth + 1), value: nested })
  }

  /** Removes the value at a path, and its parent where that is left empty inside a node or the view. */
  drop(path: readonly string[]): void {
    if (this.read(path) === undefined) return
    this.apply({ path: [...this.at, ...path], value: undefined })
    const parent = path.slice(0, -1)
    const rest = this.read(parent)
    if (parent.length >= 2 && isRecord(rest) && Object.keys(rest).length === 0) this.drop(parent)
  }

  read(path: readonly string[]): unknown {
    return readPath(this.file, [...this.at, ...path])
  }

  /** The same edit, with paths from the top of the file. */
  atTop(make: (draft: Draft) => void): void {
    const top = new Draft(this.file)
    make(top)
    this.file = top.file
    this.changes.push(...top.changes)
    this.inverses.unshift(...top.inverses)
  }

  private firstMissing(whole: readonly string[]): number {
    const missing = whole.findIndex(
      (_, index) => readPath(this.file, whole.slice(0, index + 1)) === undefined,
    )
    return missing < 0 ? whole.length - 1 : missing
  }

  private apply(change: Change): void {
    const { document, inverse } = applyChange(this.file, change)
    this.file = document
    this.changes.push(change)
    this.inverses.unshift(inverse)
  }
}

function readPath(document: Workflow, path: readonly string[]): unknown {
  return path.reduce((value: unknown, key) => (isRecord(value) ? own(value, key) : undefined), document)
}
