/** Figures of one parameter while they are edited: on its card and on the large canvas, always the same. */
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { keypointFaults, type DrawnFigure } from '#nodes/keypoints.ts'
import { nodeOf, type DrawnParam } from './box-editing.ts'
import { useSelected } from './canvas-store.ts'
import { figureRemarks } from './fault-words.ts'
import { boundsOf, readFigures } from './figure-geometry.ts'
import { replaced } from './list-edits.ts'
import { useLiveValue } from './live-value.ts'
import { posed, type PoseName } from './poses.ts'
import { usePictureFacts } from './use-picture-facts.ts'

export function useFigureEditing({ place, value, keeper }: Omit<DrawnParam<DrawnFigure[]>, 'info'>) {
  const { t } = useI18n()
  const saved = computed(() => readFigures(value()))
  const { current: figures, edits } = useLiveValue(place, saved, keeper)
  const facts = usePictureFacts(() => nodeOf(place()))
  const remarks = computed(() => figureRemarks(t, keypointFaults(figures.value)))
  const selected = useSelected(place)
  const ratio = computed(() => facts.value.width / facts.value.height)

  /** Adds a figure, beside those that are there. */
  function add(pose: PoseName): void {
    const count = figures.value.length
    const column = [0.3, 0.02, 0.58][count % 3] ?? 0.3
    const figure = posed(pose, { x: column, y: 0.12, width: 0.4, height: 0.8 }, ratio.value)
    edits.set([...figures.value, figure])
    selected.value = count
  }

  /** Gives a figure another pose where it stands. */
  function pose(index: number, name: PoseName): void {
    const figure = figures.value[index]
    const bounds = figure && boundsOf(figure)
    if (!figure) return
    const [x0, y0, x1, y1] = bounds ?? [0.3, 0.1, 0.7, 0.9]
    const height = Math.max(y1 - y0, 0.1)
    const width = Math.max(x1 - x0, height / ratio.value)
    const frame = {
      x: Math.min(Math.max((x0 + x1 - width) / 2, 0), 1 - Math.min(width, 1)),
      y: y0,
      width,
      height,
    }
    const { points } = posed(name, frame, ratio.value)
    edits.set(replaced(figures.value, index, { ...figure, points }))
  }

  return { figures, edits, facts, ratio, remarks, selected, add, pose }
}
