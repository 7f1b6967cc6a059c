/** What both large canvases need: where edits are kept, and the picture behind. */
import { computed, type ComputedRef } from 'vue'
import { setValue } from '../document/edits.ts'
import { workflow } from '../document/workflow-document.ts'
import type { Shown } from '../stores/run-pictures.ts'
import { useRuns } from '../stores/runs.ts'
import { useScrub } from '../stores/scrub.ts'
import { useCanvas } from './canvas-store.ts'
import type { Keeper } from './live-value.ts'

export function useBackdrop(): ComputedRef<Shown | null> {
  const canvas = useCanvas()
  const runs = useRuns()
  const scrub = useScrub()
  return computed(() => ({ none: null, last: runs.backdrop, shown: scrub.shown })[canvas.backdrop])
}

/** Keeps values of a parameter in the document. */
export function documentKeeper<T>(place: () => { node: string; param: string }): Keeper<T> {
  return {
    begin: () => workflow.begin('value'),
    put: (value) => workflow.edit('value', (draft) => setValue(draft, place().node, place().param, value)),
    end: () => workflow.end(),
  }
}
