/** What a key does to the selected box. */
import type { DrawnBox } from '#nodes/boxes.ts'
import { moveBox, nudged, resizeBox, upright, withBox, type Box } from './box-geometry.ts'
import { reordered, toggled, without } from './list-edits.ts'

export interface PictureSize {
  readonly width: number
  readonly height: number
}

export interface KeyEdit {
  readonly entities: DrawnBox[]
  /** What is selected afterwards; null for nothing. */
  readonly selected: number | null
  /** A key that is held goes on with the same gesture; the others are one each. */
  readonly goesOn: boolean
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey'>

/** The list after a key on a box; null for a key that is none of these. */
export function boxKey(
  entities: readonly DrawnBox[],
  index: number,
  event: Pressed,
  size: PictureSize,
): KeyEdit | null {
  const entity = entities[index]
  if (!entity) return null
  const control = event.ctrlKey || event.metaKey
  const step = steps[event.key]
  if (step) {
    const by = event.shiftKey ? 10 : 1
    const box = control
      ? stretched(entity.box, step[0] * by, step[1] * by, size)
      : shifted(entity.box, step[0] * by, step[1] * by, size)
    return {
      entities: entity.locked ? [...entities] : withBox(entities, index, box),
      selected: index,
      goesOn: true,
    }
  }
  const edited = control ? controlled(entities, index, event.key) : plain(entities, index, event.key)
  return edited && { goesOn: false, ...edited }
}

type Edited = Omit<KeyEdit, 'goesOn'>

function plain(entities: readonly DrawnBox[], index: number, key: string): Edited | null {
  switch (key.toLowerCase()) {
    case 'delete':
    case 'backspace':
      return { entities: without(entities, index), selected: null }
    case '[':
      return { entities: reordered(entities, index, index - 1), selected: Math.max(index - 1, 0) }
    case ']':
      return {
        entities: reordered(entities, index, index + 1),
        selected: Math.min(index + 1, entities.length - 1),
      }
    case 'l':
      return { entities: toggled(entities, index, 'locked'), selected: index }
    case 'h':
      return { entities: toggled(entities, index, 'hidden'), selected: index }
    case 'o':
      return { entities: toggled(entities, index, 'off'), selected: index }
    default:
      return null
  }
}

function controlled(entities: readonly DrawnBox[], index: number, key: string): Edited | null {
  return key.toLowerCase() === 'd' ? duplicated(entities, index) : null
}

/** A copy beside the box, or on its other side where the picture ends. */
export function duplicated(entities: readonly DrawnBox[], index: number): Edited | null {
  const entity = entities[index]
  if (!entity) return null
  const right = moveBox(entity.box, 0.04, 0.04)
  const isStuck = right.every((side, at) => side === upright(entity.box)[at])
  const free = entity.locked ? toggled([entity], 0, 'locked')[0] : entity
  const copy = { ...(free ?? entity), box: isStuck ? moveBox(entity.box, -0.04, -0.04) : right }
  return { entities: [...entities, copy], selected: entities.length }
}

/** Moved so that the left and upper edge stand on whole pixels. */
function shifted(box: Box, dx: number, dy: number, { width, height }: PictureSize): Box {
  const [x0, y0] = upright(box)
  return moveBox(box, dx && nudged(x0, dx, width) - x0, dy && nudged(y0, dy, height) - y0)
}

/** The right and the lower edge are pulled. */
function stretched(box: Box, dx: number, dy: number, { width, height }: PictureSize): Box {
  const [, , x1, y1] = upright(box)
  return resizeBox(
    box,
    { x: dx ? 1 : 0, y: dy ? 1 : 0 },
    { x: nudged(x1, dx, width), y: nudged(y1, dy, height) },
  )
}
