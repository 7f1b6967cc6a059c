/** What a key does to the selected figure, or to one of its points. */
import type { DrawnFigure } from '#nodes/keypoints.ts'
import { nudged } from './box-geometry.ts'
import type { PictureSize } from './box-keys.ts'
import { boundsOf, mirrorFigure, moveFigure, movePoint, scaleFigure, toggleSeen } from './figure-geometry.ts'
import { reordered, replaced, toggled, without } from './list-edits.ts'

export interface FigureEdit {
  readonly figures: DrawnFigure[]
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

/** The list after a key on a figure (`point` null) or on a point of it; null for a key that is none of these. */
export function figureKey(
  figures: readonly DrawnFigure[],
  index: number,
  point: number | null,
  event: Pressed,
  size: PictureSize,
): FigureEdit | null {
  const figure = figures[index]
  if (!figure) return null
  const control = event.ctrlKey || event.metaKey
  const step = steps[event.key]
  if (step) {
    const next = figure.locked ? figure : stepped(figure, point, step, { ...event, control }, size)
    return { figures: replaced(figures, index, next), selected: index, goesOn: true }
  }
  if (control) return event.key.toLowerCase() === 'd' ? duplicated(figures, index) : null
  const at = (figures: DrawnFigure[], selected: number | null = index) => ({
    figures,
    selected,
    goesOn: false,
  })
  switch (event.key.toLowerCase()) {
    case 'v':
      return point === null ? null : at(replaced(figures, index, toggleSeen(figure, point)))
    case 'm':
      return at(replaced(figures, index, mirrorFigure(figure)))
    case 'delete':
    case 'backspace':
      return at(without(figures, index), null)
    case '[':
      return at(reordered(figures, index, index - 1), Math.max(index - 1, 0))
    case ']':
      return at(reordered(figures, index, index + 1), Math.min(index + 1, figures.length - 1))
    case 'l':
      return at(toggled(figures, index, 'locked'))
    case 'h':
      return at(toggled(figures, index, 'hidden'))
    case 'o':
      return at(toggled(figures, index, 'off'))
    default:
      return null
  }
}

function stepped(
  figure: DrawnFigure,
  point: number | null,
  [x, y]: readonly [number, number],
  { shiftKey, control }: { shiftKey: boolean; control: boolean },
  { width, height }: PictureSize,
): DrawnFigure {
  const by = shiftKey ? 10 : 1
  if (point !== null) {
    const [px, py] = figure.points[point] ?? [0, 0]
    return movePoint(figure, point, {
      x: x ? nudged(px, x * by, width) : px,
      y: y ? nudged(py, y * by, height) : py,
    })
  }
  if (control) return scaleFigure(figure, y < 0 || x > 0 ? 1 + 0.02 * by : 1 / (1 + 0.02 * by))
  const [x0, y0] = boundsOf(figure) ?? [0, 0]
  return moveFigure(figure, x && nudged(x0, x * by, width) - x0, y && nudged(y0, y * by, height) - y0)
}

/** A copy beside the figure. */
export function duplicated(figures: readonly DrawnFigure[], index: number): FigureEdit | null {
  const figure = figures[index]
  if (!figure) return null
  const free = (figure.locked ? toggled([figure], 0, 'locked')[0] : figure) ?? figure
  const [x0, , x1] = boundsOf(figure) ?? [0, 0, 0]
  const copy = moveFigure(free, x1 + (x1 - x0) <= 1 ? 0.06 : -0.06, 0)
  return { figures: [...figures, copy], selected: figures.length, goesOn: false }
}
