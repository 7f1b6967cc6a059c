/** Boxes of one parameter while they are edited: on its card and on the large canvas, always the same. */
import { computed, onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { boxFaults, type DrawnBox } from '#nodes/boxes.ts'
import type { ParamInfo } from '#nodes/node-info.ts'
import { readBoxes, withImage } from './box-geometry.ts'
import { boxWarnings } from './box-warnings.ts'
import { placeOf, useSelected } from './canvas-store.ts'
import { wholeId } from '../document/scope.ts'
import { workflow } from '../document/workflow-document.ts'
import { boxBeingNamed } from '../stores/box-being-named.ts'
import { boxRemarks } from './fault-words.ts'
import { placeNow } from './list-edits.ts'
import { useLiveValue, type Keeper } from './live-value.ts'
import { useUpload } from './picture-upload.ts'
import { usePictureFacts } from './use-picture-facts.ts'

export interface DrawnParam<T> {
  /** `node.param` */
  place(): string
  value(): unknown
  info(): ParamInfo | undefined
  readonly keeper: Keeper<T>
}

export function useBoxEditing({ place, value, info, keeper }: DrawnParam<DrawnBox[]>) {
  const { t } = useI18n()
  const upload = useUpload()
  const saved = computed(() => readBoxes(value()))
  const { current: entities, edits } = useLiveValue(place, saved, keeper)
  const facts = usePictureFacts(() => nodeOf(place()))
  const remarks = computed(() => {
    const faults = boxFaults(entities.value, info()?.phrases).filter(
      ({ code, index }) => code !== 'no-phrase' || pathOf(index) !== boxBeingNamed.value,
    )
    return boxRemarks(t, faults, boxWarnings(entities.value, facts.value))
  })

  function pathOf(index: number): string {
    const { node, param } = placeOf(place())
    return ['nodes', wholeId(workflow.trail.value, node), 'values', param, index].join('/')
  }

  /** The phrase of a box has the focus; null: of none any more. */
  function name(index: number | null): void {
    boxBeingNamed.value = index === null ? null : pathOf(index)
  }
  onScopeDispose(() => name(null))

  async function setPicture(index: number, file: File): Promise<void> {
    const [at, before] = [place(), entities.value]
    const now = () => placeNow(before, index, entities.value)
    const id = await upload(file, () => place() === at && now() >= 0)
    if (id !== null) edits.set(withImage(entities.value, now(), id))
  }

  return { entities, edits, facts, remarks, selected: useSelected(place), name, setPicture }
}

export function nodeOf(place: string): string {
  return place.slice(0, place.indexOf('.'))
}
