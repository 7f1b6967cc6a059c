/** Every key of the canvas, once: the keyboard, the hints around the canvas and the sheet of keys are made from this table. */
import { keysOfEvent, showKey, type PressedKeys } from '../editor/command.ts'

/** What a key acts on: the ground of any canvas, the canvas of boxes, or what has the focus on one. */
type Place = 'ground' | 'boxes' | 'box' | 'figure' | 'point'

/** `Arrow` is any of the four. What is copied, cut and pasted comes as events of the clipboard, not of these keys. */
const table = [
  { id: 'add', keys: ['N', 'Insert'], on: ['boxes'] },
  { id: 'over', keys: ['B'], on: ['boxes'] },
  { id: 'name', keys: ['Enter', 'F2'], on: ['box'] },
  { id: 'nudge', keys: ['Arrow'], on: ['box', 'figure', 'point'] },
  { id: 'nudgeTen', keys: ['Shift+Arrow'], on: ['box', 'figure', 'point'] },
  { id: 'stretch', keys: ['Ctrl+Arrow'], on: ['box', 'figure'] },
  { id: 'stretchTen', keys: ['Ctrl+Shift+Arrow'], on: ['box', 'figure'] },
  { id: 'mirror', keys: ['M'], on: ['figure', 'point'] },
  { id: 'seen', keys: ['V'], on: ['point'] },
  { id: 'copy', keys: ['Ctrl+C'], on: ['ground', 'box', 'figure', 'point'] },
  { id: 'cut', keys: ['Ctrl+X'], on: ['box', 'figure', 'point'] },
  { id: 'paste', keys: ['Ctrl+V'], on: ['ground', 'box', 'figure', 'point'] },
  { id: 'duplicate', keys: ['Ctrl+D'], on: ['box', 'figure', 'point'] },
  { id: 'earlier', keys: ['['], on: ['box', 'figure', 'point'] },
  { id: 'later', keys: [']'], on: ['box', 'figure', 'point'] },
  { id: 'lock', keys: ['L'], on: ['box', 'figure', 'point'] },
  { id: 'hide', keys: ['H'], on: ['box', 'figure', 'point'] },
  { id: 'off', keys: ['O'], on: ['box', 'figure', 'point'] },
  { id: 'remove', keys: ['Delete', 'Backspace'], on: ['box', 'figure', 'point'] },
  { id: 'leave', keys: ['Escape'], on: ['box', 'figure', 'point'] },
  { id: 'zoomIn', keys: ['+', '='], on: ['ground'] },
  { id: 'zoomOut', keys: ['-'], on: ['ground'] },
  { id: 'fit', keys: ['0'], on: ['ground'] },
  { id: 'pan', keys: ['Arrow'], on: ['ground'] },
] as const satisfies readonly {
  readonly id: string
  readonly keys: readonly string[]
  readonly on: readonly Place[]
}[]

export type CanvasKey = (typeof table)[number]['id']

/** In the order of the sheet, with the keys as a person reads them. */
export const canvasKeys: readonly { readonly id: CanvasKey; readonly keys: readonly string[] }[] = table.map(
  ({ id, keys }) => ({ id, keys: keys.map(showKey) }),
)

const byKey = new Map(
  table.flatMap(({ id, keys, on }) =>
    on.flatMap((place) => keys.map((key) => [`${place} ${key.toLowerCase()}`, id] as const)),
  ),
)

/** What a key press means there. */
export function canvasKeyOf(event: PressedKeys, place: Place): CanvasKey | undefined {
  return byKey.get(`${place} ${keysOfEvent(event).replace(/arrow\w+$/, 'arrow')}`)
}

/** The first keys of each, to be put into sentences. */
export const keyWords: Readonly<Record<string, string>> = Object.fromEntries(
  canvasKeys.map(({ id, keys }) => [id, keys[0] ?? '']),
)

/** What a button does, with the key that does the same. */
export function withKey(text: string, id: CanvasKey): string {
  return `${text} (${keyWords[id] ?? ''})`
}

/** The way of an arrow key: one right or down is 1. */
export function wayOf({ key }: Pick<KeyboardEvent, 'key'>): readonly [x: number, y: number] {
  return ways[key] ?? [0, 0]
}

const ways: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
