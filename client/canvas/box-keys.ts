/** What a key does to the selected box. */
import type { DrawnBox } from '#nodes/boxes.ts'
import type { PressedKeys } from '../editor/command.ts'
import { moveBox, nudged, resizeBox, upright, withBox, type Box } from './box-geometry.ts'
import { canvasKeyOf } from './canvas-keys.ts'
import { arrowStep, once, thingKey, unlocked, type KeyEdit, type PictureSize } from './thing-keys.ts'

/** The list after a key on a box; null for a key that is none of these. */
export function boxKey(
  entities: readonly DrawnBox[],
  index: number,
  event: PressedKeys,
  size: PictureSize,
): KeyEdit<DrawnBox> | null {
  const entity = entities[index]
  const id = canvasKeyOf(event, 'box')
  if (!entity || !id) return null
  const step = arrowStep(event, id)
  if (step) {
    const box = (id.startsWith('stretch') ? stretched : shifted)(entity.box, step, size)
    const things = entity.locked ? [...entities] : withBox(entities, index, box)
    return { things, selected: index, goesOn: true }
  }
  return id === 'duplicate' ? duplicatedBox(entities, index) : thingKey(entities, index, id)
}

export function duplicatedBox(entities: readonly DrawnBox[], index: number): KeyEdit<DrawnBox> | null {
  const entity = entities[index]
  return entity ? once([...entities, besideBox(entity)], entities.length) : null
}

/** A copy beside the box, or on its other side where the picture ends. */
export function besideBox(entity: DrawnBox): DrawnBox {
  const right = moveBox(entity.box, 0.04, 0.04)
  const isStuck = right.every((side, at) => side === upright(entity.box)[at])
  return { ...unlocked(entity), box: isStuck ? moveBox(entity.box, -0.04, -0.04) : right }
}

/** Moved so that the left and upper edge stand on whole pixels. */
function shifted(box: Box, [dx, dy]: readonly [number, number], { width, height }: PictureSize): Box {
  const [x0, y0] = upright(box)
  return moveBox(box, dx && nudged(x0, dx, width) - x0, dy && nudged(y0, dy, height) - y0)
}

/** The right and the lower edge are pulled. */
function stretched(box: Box, [dx, dy]: readonly [number, number], { width, height }: PictureSize): Box {
  const [, , x1, y1] = upright(box)
  return resizeBox(
    box,
    { x: dx ? 1 : 0, y: dy ? 1 : 0 },
    { x: nudged(x1, dx, width), y: nudged(y1, dy, height) },
  )
}
