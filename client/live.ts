/** Live mode: every change of what the workflow computes is run at once, and the run it makes stale is called off. */
import { useDebounceFn } from '@vueuse/core'
import { computed, watch } from 'vue'
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
  let last: { tab: string | null; part: Partial<Workflow> } | null = null
  let job: string | null = null

  async function rerun(): Promise<void> {
    if (!settings.live || !useServer().connected) return
    const part = computedPart(workflow.current.value)
    if (last?.tab === tabs.activeId && sameJson(last.part, part)) return
    last = { tab: tabs.activeId, part }
    const stale = runs.byId(job)
    if (stale && !isOver(stale.job)) void cancelJob(stale.job.id)
    job = await runQuietly()
  }

  const soon = useDebounceFn(rerun, () => settings.liveAfterMs)
  const shown = computed(() => (settings.live ? workflow.current.value : null))
  watch(shown, (document) => {
    if (document) void soon()
    else last = null
  })
}
