/** What a key does to the selected figure, or to one of its points. */
import type { DrawnFigure } from '#nodes/keypoints.ts'
import type { PressedKeys } from '../editor/command.ts'
import { nudged } from './box-geometry.ts'
import { canvasKeyOf } from './canvas-keys.ts'
import { boundsOf, mirrorFigure, moveFigure, movePoint, scaleFigure, toggleSeen } from './figure-geometry.ts'
import { replaced } from './list-edits.ts'
import { arrowStep, once, thingKey, unlocked, type KeyEdit, type PictureSize } from './thing-keys.ts'

/** The list after a key on a figure (`point` null) or on a point of it; null for a key that is none of these. */
export function figureKey(
  figures: readonly DrawnFigure[],
  index: number,
  point: number | null,
  event: PressedKeys,
  size: PictureSize,
): KeyEdit<DrawnFigure> | null {
  const figure = figures[index]
  const id = canvasKeyOf(event, point === null ? 'figure' : 'point')
  if (!figure || !id) return null
  const step = arrowStep(event, id)
  if (step) {
    const next = figure.locked ? figure : stepped(figure, point, step, id.startsWith('stretch'), size)
    return { things: replaced(figures, index, next), selected: index, goesOn: true }
  }
  if (id === 'duplicate') return duplicatedFigure(figures, index)
  if (id === 'mirror') return once(replaced(figures, index, mirrorFigure(figure)), index)
  if (id === 'seen' && point !== null) return once(replaced(figures, index, toggleSeen(figure, point)), index)
  return thingKey(figures, index, id)
}

function stepped(
  figure: DrawnFigure,
  point: number | null,
  [x, y]: readonly [number, number],
  scale: boolean,
  { width, height }: PictureSize,
): DrawnFigure {
  if (point !== null) {
    const [px, py] = figure.points[point] ?? [0, 0]
    return movePoint(figure, point, { x: x ? nudged(px, x, width) : px, y: y ? nudged(py, y, height) : py })
  }
  if (scale) {
    const grown = 1 + 0.02 * Math.abs(x || y)
    return scaleFigure(figure, y < 0 || x > 0 ? grown : 1 / grown)
  }
  const [x0, y0] = boundsOf(figure) ?? [0, 0]
  return moveFigure(figure, x && nudged(x0, x, width) - x0, y && nudged(y0, y, height) - y0)
}

export function duplicatedFigure(
  figures: readonly DrawnFigure[],
  index: number,
): KeyEdit<DrawnFigure> | null {
  const figure = figures[index]
  return figure ? once([...figures, besideFigure(figure)], figures.length) : null
}

/** A copy beside the figure. */
export function besideFigure(figure: DrawnFigure): DrawnFigure {
  const [x0, , x1] = boundsOf(figure) ?? [0, 0, 0]
  return moveFigure(unlocked(figure), x1 + (x1 - x0) <= 1 ? 0.06 : -0.06, 0)
}
