/** Live mode: every change of what the workflow computes is run at once, and the run it makes stale is called off. */
import { useDebounceFn } from '@vueuse/core'
import { watch } from 'vue'
import type { Workflow } from '#workflows/format.ts'
import { sameJson } from './document/record.ts'
import { workflow } from './document/workflow-document.ts'
import { cancelJob, runQuietly } from './running.ts'
import { isOver } from './stores/job.ts'
import { useRuns } from './stores/runs.ts'
import { useServer } from './stores/server.ts'
import { useSettings } from './stores/settings.ts'
import { useTabs } from './stores/tabs.ts'

/** What of a workflow makes its pictures: its name, its looks and its form do not. */
export function computedPart({ nodes, subgraphs, sweep }: Workflow): Partial<Workflow> {
  return { nodes, ...(subgraphs && { subgraphs }), ...(sweep && { sweep }) }
}

export function followChanges(): void {
  const settings = useSettings()
  const runs = useRuns()
  const tabs = useTabs()
  /** What was run last, or stood there when its tab came into view. */
  let known: { readonly tab: string | null; readonly part: Partial<Workflow> } | null = null
  let job: string | null = null
  let turns = 0

  async function rerun(): Promise<void> {
    if (!settings.live || !useServer().connected) return
    const next = { tab: tabs.activeId, part: computedPart(workflow.current.value) }
    const before = known
    known = next
    const cameIntoView = before !== null && before.tab !== next.tab
    if (cameIntoView || (before && sameJson(before.part, next.part))) return
    callOff(job)
    const turn = ++turns
    const begun = await runQuietly()
    // The next change may come before the server has said which job this is.
    if (turn === turns) job = begun
    else callOff(begun)
  }

  function callOff(stale: string | null): void {
    const run = runs.byId(stale)
    if (run && !isOver(run.job)) void cancelJob(run.job.id)
  }

  const soon = useDebounceFn(rerun, () => settings.liveAfterMs)
  watch(
    () => (settings.live ? workflow.current.value : null),
    (document) => {
      if (document) void soon()
      else known = null
    },
  )
}
