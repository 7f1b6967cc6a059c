/** The pictures that the runs of this visit made, newest first, each once. */
import { computed, type ComputedRef } from 'vue'
import { useRuns } from '../stores/runs.ts'

const most = 24

export function usePictureChoices(): ComputedRef<readonly { readonly picture: string }[]> {
  const runs = useRuns()
  return computed(() => {
    const all = runs.runs.toReversed().flatMap((run) => run.job.outputs.toReversed())
    return [...new Map(all.map((output) => [output.picture, output])).values()].slice(0, most)
  })
}
