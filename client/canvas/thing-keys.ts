/** What a key does to a thing on a canvas, a box or a figure, whatever it is. */
import type { EditingMarks } from '#nodes/editing-marks.ts'
import type { PressedKeys } from '../editor/command.ts'
import { wayOf, type CanvasKey } from './canvas-keys.ts'
import { reordered, toggled, without } from './list-edits.ts'

export interface PictureSize {
  readonly width: number
  readonly height: number
}

export interface KeyEdit<T> {
  readonly things: T[]
  /** What is selected afterwards; null for nothing. */
  readonly selected: number | null
  /** A key that is held goes on with the same gesture; the others are one each. */
  readonly goesOn: boolean
}

/** How many pixels of the picture an arrow goes across and down, with Shift ten times as many; null for another key. */
export function arrowStep(event: PressedKeys, id: CanvasKey): readonly [number, number] | null {
  if (!arrowKeys.has(id)) return null
  const [x, y] = wayOf(event)
  const by = event.shiftKey ? 10 : 1
  return [x * by, y * by]
}

const arrowKeys: ReadonlySet<CanvasKey> = new Set(['nudge', 'nudgeTen', 'stretch', 'stretchTen'])

/** The list after a key that means the same for everything drawn; null for a key that is none of these. */
export function thingKey<T extends EditingMarks>(
  list: readonly T[],
  index: number,
  id: CanvasKey,
): KeyEdit<T> | null {
  switch (id) {
    case 'remove':
      return once(without(list, index), null)
    case 'earlier':
      return once(reordered(list, index, index - 1), Math.max(index - 1, 0))
    case 'later':
      return once(reordered(list, index, index + 1), Math.min(index + 1, list.length - 1))
    case 'lock':
      return once(toggled(list, index, 'locked'), index)
    case 'hide':
      return once(toggled(list, index, 'hidden'), index)
    case 'off':
      return once(toggled(list, index, 'off'), index)
    default:
      return null
  }
}

/** An edit that is an entry of the history by itself. */
export function once<T>(things: T[], selected: number | null): KeyEdit<T> {
  return { things, selected, goesOn: false }
}

/** A copy that can be moved, whatever is locked. */
export function unlocked<T extends EditingMarks>(thing: T): T {
  return (thing.locked ? toggled([thing], 0, 'locked')[0] : thing) ?? thing
}
