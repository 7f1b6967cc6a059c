/** Undo and redo over changes. One entry is one gesture of a person, however many changes it took. */
import type { Workflow } from '#workflows/format.ts'
import { applyChanges, Draft, type Change } from './change.ts'

export interface Entry {
  /** What the person did, as a code that the locales name. */
  readonly label: string
  readonly redo: readonly Change[]
  /** In the order in which they are to be applied. */
  readonly undo: readonly Change[]
}

interface OpenGesture {
  readonly label: string
  batches: { redo: readonly Change[]; undo: readonly Change[] }[]
}

const longest = 500

export class History {
  document: Workflow
  private past: Entry[] = []
  private future: Entry[] = []
  private open: OpenGesture | null = null

  constructor(document: Workflow) {
    this.document = document
  }

  get undoLabel(): string | null {
    return this.open?.batches.length ? this.open.label : (this.past.at(-1)?.label ?? null)
  }

  get redoLabel(): string | null {
    return this.future.at(-1)?.label ?? null
  }

  /** Carries out an edit. Inside a gesture it joins the gesture's entry, otherwise it is an entry of its own. */
  edit(label: string, make: (draft: Draft) => void): void {
    const draft = new Draft(this.document)
    make(draft)
    if (draft.changes.length === 0) return
    const { document, inverses } = applyChanges(this.document, draft.changes)
    this.document = document
    this.future = []
    if (this.open) this.join(this.open, { redo: draft.changes, undo: inverses })
    else this.push({ label, redo: draft.changes, undo: inverses })
  }

  /** Opens a gesture: all edits until `end` are undone together. An open one is ended first. */
  begin(label: string): void {
    this.end()
    this.open = { label, batches: [] }
  }

  end(): void {
    const gesture = this.open
    this.open = null
    if (!gesture?.batches.length) return
    const redo = gesture.batches.flatMap((batch) => batch.redo)
    const undo = gesture.batches.toReversed().flatMap((batch) => batch.undo)
    this.push({ label: gesture.label, redo, undo })
  }

  /** Takes back what the open gesture did so far, and forgets it. */
  cancel(): void {
    const gesture = this.open
    this.open = null
    for (const batch of gesture?.batches.toReversed() ?? [])
      this.document = applyChanges(this.document, batch.undo).document
  }

  undo(): boolean {
    this.end()
    const entry = this.past.pop()
    if (!entry) return false
    this.document = applyChanges(this.document, entry.undo).document
    this.future.push(entry)
    return true
  }

  redo(): boolean {
    this.end()
    const entry = this.future.pop()
    if (!entry) return false
    this.document = applyChanges(this.document, entry.redo).document
    this.past.push(entry)
    return true
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
