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

export interface Keys {
  readonly shift: boolean
  /** Ctrl, or ⌘ on a Mac. */
  readonly control: boolean
  readonly alt: boolean
}

type Kind =
  | { readonly kind: 'draw' }
  | { readonly kind: 'move'; readonly box: Box }
  | { readonly kind: 'resize'; readonly box: Box; readonly handle: Handle }

export type BoxGesture = Kind & {
  readonly from: Spot
  /** The box that is drawn or changed; null until a new one is large enough to be one. */
  readonly index: number | null
  /** The list when the gesture began. */
  readonly before: readonly DrawnBox[]
  readonly begun: boolean
}

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
export function dragged(
  gesture: BoxGesture,
  at: Spot,
  keys: Keys,
): { readonly gesture: BoxGesture; readonly entities: DrawnBox[] | null } {
  if (gesture.kind === 'draw') return drawing(gesture, at)
  const [dx, dy] = [at.x - gesture.from.x, at.y - gesture.from.y]
  if (gesture.index === null || (!gesture.begun && Math.hypot(dx, dy) < slack))
    return { gesture, entities: null }
  const box = gesture.kind === 'move' ? moved(gesture.box, dx, dy, keys) : stretched(gesture, at, keys)
  return { gesture: { ...gesture, begun: true }, entities: withBox(gesture.before, gesture.index, box) }
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

function drawing(gesture: BoxGesture, at: Spot): { gesture: BoxGesture; entities: DrawnBox[] | null } {
  const box = drawBox(gesture.from, at)
  const { before } = gesture
  const isFull = before.filter(({ off }) => !off).length >= maxEntities
  if (isFull || (!box && gesture.index === null)) return { gesture, entities: null }
  if (!box) return { gesture: { ...gesture, index: null, begun: false }, entities: [...before] }
  return {
    gesture: { ...gesture, index: before.length, begun: true },
    entities: [...before, { phrase: '', box }],
  }
}
