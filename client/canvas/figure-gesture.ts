/** A drag over figures, from press to release: posing a point, moving, scaling. It knows fractions only, no page. */
import type { DrawnFigure } from '#nodes/keypoints.ts'
import { resizeBox, scaleBox, type Box, type Handle, type Spot } from './box-geometry.ts'
import { boundsOf, figureAt, fitFigure, moveFigure, movePoint, pointAt } from './figure-geometry.ts'
import { replaced } from './list-edits.ts'
import type { Dragged, Gesture, Keys } from './thing-gesture.ts'

type Kind =
  | { readonly kind: 'point'; readonly point: number }
  | { readonly kind: 'move' }
  | { readonly kind: 'scale'; readonly bounds: Box; readonly handle: Handle }

export type FigureGesture = Kind & Gesture<DrawnFigure> & { readonly index: number }

const slack = 0.004

/** What a press begins: with a point under the hand, posing it; inside a figure, moving it. Null on empty ground. */
export function pressed(
  figures: readonly DrawnFigure[],
  at: Spot,
  selected: number | null,
  reach: Spot,
): FigureGesture | null {
  const start = { from: at, before: figures, begun: false }
  const order = [selected, ...figures.keys()].filter((index) => index !== null)
  for (const index of order) {
    const figure = figures[index]
    if (!figure || figure.hidden || figure.locked) continue
    const point = pointAt(figure, at, reach)
    if (point !== null) return { ...start, kind: 'point', index, point }
  }
  const index = figureAt(figures, at, reach)
  return index === null ? null : { ...start, kind: 'move', index }
}

/** A press on a corner of the selected figure's frame. */
export function grabbed(
  figures: readonly DrawnFigure[],
  at: Spot,
  index: number,
  handle: Handle,
): FigureGesture | null {
  const figure = figures[index]
  const bounds = figure && !figure.locked ? boundsOf(figure) : null
  return bounds && { kind: 'scale', bounds, handle, from: at, before: figures, index, begun: false }
}

/** The gesture and the list after the hand has come to a spot; the list is null while nothing has changed. */
export function dragged(
  gesture: FigureGesture,
  at: Spot,
  { shift }: Keys,
): Dragged<DrawnFigure, FigureGesture> {
  const { from, index, before } = gesture
  const [dx, dy] = [at.x - from.x, at.y - from.y]
  const figure = before[index]
  if (!figure || (!gesture.begun && Math.hypot(dx, dy) < slack)) return { gesture, things: null }
  return { gesture: { ...gesture, begun: true }, things: replaced(before, index, changed(figure)) }

  function changed(figure: DrawnFigure): DrawnFigure {
    if (gesture.kind === 'move') return moveFigure(figure, dx, dy)
    if (gesture.kind === 'point') {
      const [x, y] = figure.points[gesture.point] ?? [0, 0]
      return movePoint(figure, gesture.point, { x: x + dx, y: y + dy })
    }
    // A person keeps their proportions; Shift stretches freely.
    const box = (shift ? resizeBox : scaleBox)(gesture.bounds, gesture.handle, at)
    return fitFigure(figure, box)
  }
}
