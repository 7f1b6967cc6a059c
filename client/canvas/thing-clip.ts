/** Drawn things as text for the clipboard: `{"boxes": […]}` or `{"figures": […]}`. */
import type { EditingMarks } from '#nodes/editing-marks.ts'
import { isRecord, own } from '../document/record.ts'
import { unlocked } from './thing-keys.ts'

export type ClipKind = 'boxes' | 'figures'

export function clipOf(kind: ClipKind, things: readonly EditingMarks[]): string {
  return JSON.stringify({ [kind]: things }, null, 2)
}

/** The list that a text from the clipboard holds; undefined where it holds none of the kind. */
export function readClip(kind: ClipKind, text: string): unknown {
  try {
    const clip: unknown = JSON.parse(text)
    return isRecord(clip) ? own(clip, kind) : undefined
  } catch {
    return undefined
  }
}

/** The list with copies at its end, each where it was, or beside that where the place is taken. */
export function pasted<T extends EditingMarks>(
  list: readonly T[],
  copies: readonly T[],
  { placeOf, beside }: Placing<T>,
): T[] {
  const taken = new Set(list.map((thing) => JSON.stringify(placeOf(thing))))
  const isFree = (thing: T) => !taken.has(JSON.stringify(placeOf(thing)))
  return [...list, ...copies.map((copy) => (isFree(copy) ? unlocked(copy) : beside(copy)))]
}

export interface Placing<T> {
  /** Where a thing is, as plain data. */
  placeOf(thing: T): unknown
  /** A copy that does not cover the thing, to be moved freely. */
  beside(thing: T): T
}
