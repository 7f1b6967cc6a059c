/** Undo and redo over changes. One entry is one gesture of a person, however many changes it took. */
import type { Workflow } from '#workflows/format.ts'
import { applyChanges, Draft, type Change } from './change.ts'
import { pathOf, type Trail } from './scope.ts'

export interface Entry {
  /** What the person did, as a code that the locales name. */
  readonly label: string
  readonly redo: readonly Change[]
  /** In the order in which they are to be applied. */
  readonly undo: readonly Change[]
  /** Where the person was: the way to the graph that was edited. */
  readonly trail: Trail
}

/** A document with its past and its future, as it is kept over a reload. */
export interface Snapshot {
  readonly document: Workflow
  readonly past: readonly Entry[]
  readonly future: readonly Entry[]
}

interface OpenGesture {
  readonly label: string
  readonly trail: Trail
  batches: { redo: readonly Change[]; undo: readonly Change[] }[]
}

const longest = 500

export class History {
  document: Workflow
  private past: Entry[] = []
  private future: Entry[] = []
  private open: OpenGesture | null = null

  constructor(document: Workflow, past: readonly Entry[] = [], future: readonly Entry[] = []) {
    this.document = document
    this.past = [...past]
    this.future = [...future]
  }

  get undoLabel(): string | null {
    return this.open?.batches.length ? this.open.label : (this.past.at(-1)?.label ?? null)
  }

  get redoLabel(): string | null {
    return this.future.at(-1)?.label ?? null
  }

  /** What is needed to go on after a reload. An open gesture counts as ended here. */
  snapshot(): Snapshot {
    const open = this.open && entryOf(this.open)
    return { document: this.document, past: open ? [...this.past, open] : this.past, future: this.future }
  }

  /** Carries out an edit. Inside a gesture it joins the gesture's entry, otherwise it is an entry of its own. */
  edit(label: string, make: (draft: Draft) => void, trail: Trail = []): void {
    const draft = new Draft(this.document, pathOf(trail))
    make(draft)
    if (draft.changes.length === 0) return
    this.document = draft.file
    this.future = []
    const batch = { redo: draft.changes, undo: draft.inverses }
    if (this.open) this.join(this.open, batch)
    else this.push({ label, ...batch, trail })
  }

  /** Opens a gesture: all edits until `end` are undone together. An open one is ended first. */
  begin(label: string, trail: Trail = []): void {
    this.end()
    this.open = { label, trail, batches: [] }
  }

  /** What the open gesture did so far is an entry; what it does from now on is another. */
  split(): void {
    if (this.open) this.begin(this.open.label, this.open.trail)
  }

  end(): void {
    const gesture = this.open
    this.open = null
    const entry = gesture && entryOf(gesture)
    if (entry) this.push(entry)
  }

  /** Takes back what the open gesture did so far, and forgets it. */
  cancel(): void {
    const gesture = this.open
    this.open = null
    for (const batch of gesture?.batches.toReversed() ?? [])
      this.document = applyChanges(this.document, batch.undo).document
  }

  /** The entry that was taken back; null when there is none. */
  undo(): Entry | null {
    this.end()
    const entry = this.past.pop()
    if (!entry) return null
    this.document = applyChanges(this.document, entry.undo).document
    this.future.push(entry)
    return entry
  }

  redo(): Entry | null {
    this.end()
    const entry = this.future.pop()
    if (!entry) return null
    this.document = applyChanges(this.document, entry.redo).document
    this.past.push(entry)
    return entry
  }

  private push(entry: Entry): void {
    this.past.push(entry)
    if (this.past.length > longest) this.past.shift()
  }

  /** A drag puts the same paths many times: only where it began and where it is now are kept. */
  private join(gesture: OpenGesture, batch: { redo: readonly Change[]; undo: readonly Change[] }): void {
    const last = gesture.batches.at(-1)
    if (last && replacesSamePaths(last, batch)) last.redo = batch.redo
    else gesture.batches.push({ ...batch })
  }
}

function entryOf({ label, trail, batches }: OpenGesture): Entry | null {
  if (batches.length === 0) return null
  const redo = batches.flatMap((batch) => batch.redo)
  const undo = batches.toReversed().flatMap((batch) => batch.undo)
  return { label, redo, undo, trail }
}

function replacesSamePaths(a: OpenGesture['batches'][number], b: OpenGesture['batches'][number]): boolean {
  const onlyReplaces = [...a.redo, ...a.undo, ...b.redo, ...b.undo].every(({ value }) => value !== undefined)
  const paths = (changes: readonly Change[]) => changes.map(({ path }) => path.join('.'))
  const mine = paths(a.redo)
  const others = paths(b.redo)
  const unique = new Set(mine).size === mine.length
  return (
    onlyReplaces && unique && mine.length === others.length && mine.every((path, i) => path === others[i])
  )
}
