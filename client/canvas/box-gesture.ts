/** A drag over boxes, from press to release: drawing, moving, stretching. It knows fractions only, no page. */
import { maxEntities, type DrawnBox } from '#nodes/boxes.ts'
import {
  boxAt,
  drawBox,
  moveBox,
  resizeBox,
  scaleBox,
  withBox,
  type Box,
  type Handle,
  type Spot,
} from './box-geometry.ts'
import type { Dragged, Gesture, Keys } from './thing-gesture.ts'

type Kind =
  | { readonly kind: 'draw' }
  | { readonly kind: 'move'; readonly box: Box }
  | { readonly kind: 'resize'; readonly box: Box; readonly handle: Handle }

export type BoxGesture = Kind & Gesture<DrawnBox>

/** A hand that does not move this far means a click, in fractions of the picture. */
const slack = 0.005

/** What a press on the ground begins. `over` draws over whatever lies there. */
export function pressed(
  entities: readonly DrawnBox[],
  at: Spot,
  { selected, over, keys }: { selected: number | null; over: boolean; keys: Keys },
): BoxGesture {
  const start = { from: at, before: entities, begun: false }
  const index = over || keys.control ? null : boxAt(entities, at, keys.alt ? selected : null)
  const entity = index === null ? undefined : entities[index]
  return entity ? { ...start, kind: 'move', box: entity.box, index } : { ...start, kind: 'draw', index: null }
}

/** A press on a handle of the selected box; null where that box cannot be stretched. */
export function grabbed(
  entities: readonly DrawnBox[],
  at: Spot,
  index: number,
  handle: Handle,
): BoxGesture | null {
  const entity = entities[index]
  if (!entity || entity.locked) return null
  return { kind: 'resize', box: entity.box, handle, from: at, before: entities, index, begun: false }
}

/** The gesture and the list after the hand has come to a spot; the list is null while nothing has changed. */
export function dragged(gesture: BoxGesture, at: Spot, keys: Keys): Dragged<DrawnBox, BoxGesture> {
  if (gesture.kind === 'draw') return drawing(gesture, at)
  const [dx, dy] = [at.x - gesture.from.x, at.y - gesture.from.y]
  if (gesture.index === null || (!gesture.begun && Math.hypot(dx, dy) < slack))
    return { gesture, things: null }
  const box = gesture.kind === 'move' ? moved(gesture.box, dx, dy, keys) : stretched(gesture, at, keys)
  return { gesture: { ...gesture, begun: true }, things: withBox(gesture.before, gesture.index, box) }
}

/** Shift keeps a move level or upright. */
function moved(box: Box, dx: number, dy: number, { shift }: Keys): Box {
  const level = Math.abs(dx) >= Math.abs(dy)
  return moveBox(box, shift && !level ? 0 : dx, shift && level ? 0 : dy)
}

/** Shift keeps the proportions. */
function stretched({ box, handle }: Extract<BoxGesture, { kind: 'resize' }>, at: Spot, { shift }: Keys): Box {
  return shift ? scaleBox(box, handle, at) : resizeBox(box, handle, at)
}

function drawing(gesture: BoxGesture, at: Spot): Dragged<DrawnBox, BoxGesture> {
  const box = drawBox(gesture.from, at)
  const { before } = gesture
  const isFull = before.filter(({ off }) => !off).length >= maxEntities
  if (isFull || (!box && gesture.index === null)) return { gesture, things: null }
  if (!box) return { gesture: { ...gesture, index: null, begun: false }, things: [...before] }
  return {
    gesture: { ...gesture, index: before.length, begun: true },
    things: [...before, { phrase: '', box }],
  }
}
