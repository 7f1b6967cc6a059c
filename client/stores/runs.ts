/** The runs that this window knows: what happened in each, the previews that came over the line, which one is looked at. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { JobEvent, PreviewHeader } from '#workflows/protocol.ts'
import type { Workflow } from '#workflows/format.ts'
import { asRun } from '../document/as-run.ts'
import { wholeAndOuter } from '../document/scope.ts'
import { isOver, newJob, reduceJob, type Job, type StepProgress } from './job.ts'
import { newest, picturesByNode, type Shown } from './run-pictures.ts'
import { useServer } from './server.ts'
import { useTabs } from './tabs.ts'

/** A preview as it came over the line, still encoded. */
export interface Frame extends PreviewHeader {
  readonly blob: Blob
}

export interface Run {
  readonly job: Job
  /** The tab that it belongs to; null for one that somebody else began. */
  readonly tab: string | null
  readonly frames: readonly Frame[]
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number | null
}

const keptRuns = 40

export const useRuns = defineStore('runs', () => {
  const tabs = useTabs()
  const server = useServer()
  const runs = shallowRef<readonly Run[]>([])
  /** The run that is looked at; null for the current one. */
  const shownId = shallowRef<string | null>(null)

  /** Those of the workflow that is edited, oldest first. */
  const ofTab = computed(() => runs.value.filter(({ tab }) => tab !== null && tab === tabs.activeId))
  /** The run that the graph shows: the one under way, otherwise the last. */
  const current = computed(() => ofTab.value.find(({ job }) => !isOver(job)) ?? ofTab.value.at(-1) ?? null)
  const shownRun = computed(() => byId(shownId.value) ?? current.value)
  const busy = computed(() => !isOver(current.value?.job ?? null))

  /** The last picture of the newest run that has one: the backdrop of box canvases. */
  const backdrop = computed<Shown | null>(() => {
    for (const run of ofTab.value.toReversed()) {
      const picture = newest(run)
      if (picture) return picture
    }
    return null
  })

  /** What each node of the current run shows. */
  const onNodes = computed(() => picturesByNode(current.value))

  const sent = computed(() => current.value?.job.workflow ?? null)
  /** By the node that starts the loop: what stands in it, and the subgraphs that those nodes are in. */
  const inLoops = computed(() => {
    const { loops } = sent.value ? asRun(sent.value, server.catalogue) : { loops: [] }
    return new Map(loops.map(({ start, nodes }) => [start, new Set(nodes.flatMap(wholeAndOuter))]))
  })

  /** How far the loop is in which a node of the current run stands; of a subgraph, the last that began in it. */
  function stepOf(node: string): StepProgress | undefined {
    const steps = Object.entries(current.value?.job.steps ?? {})
    return steps.findLast(([start]) => inLoops.value.get(start)?.has(node))?.[1]
  }

  function byId(id: string | null): Run | undefined {
    return runs.value.find(({ job }) => job.id === id)
  }

  /** Makes a job known. One that the queue told of before its own window did gets its tab now. */
  function begin(id: string, workflow: Workflow, tab: string | null): void {
    const known = byId(id)
    const run = known ?? { job: newJob(id, workflow), frames: [], startedAt: Date.now(), endedAt: null }
    const others = runs.value.filter((other) => other !== known)
    runs.value = [...others.slice(1 - keptRuns), { ...run, tab }]
    if (tab !== null && tab === tabs.activeId) look(null)
  }

  function look(id: string | null): void {
    shownId.value = id
  }

  /** Applies an event; false when events before it are missing and must be fetched. */
  function take(event: JobEvent): boolean {
    const run = byId(event.job)
    if (!run) return true
    const { job, gap } = reduceJob(run.job, event)
    if (job === run.job) return !gap
    const endedAt = isOver(job) ? (run.endedAt ?? Date.now()) : null
    const startedAt = event.kind === 'started' ? Date.now() : run.startedAt
    replace({ ...run, job, startedAt, endedAt })
    return true
  }

  function takePreview(header: PreviewHeader, bytes: Uint8Array): void {
    const run = byId(header.job)
    if (!run) return
    const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: header.mime })
    replace({ ...run, frames: [...run.frames, { ...header, blob }] })
  }

  /** When a job that was fetched began and ended by the server's clock. */
  function dated(id: string, startedAt: number, endedAt: number | null): void {
    const run = byId(id)
    if (run) replace({ ...run, startedAt, endedAt })
  }

  function replace(run: Run): void {
    runs.value = runs.value.map((other) => (other.job.id === run.job.id ? run : other))
  }

  /** Ends a job that the server no longer knows. */
  function abandon(id: string, message: string): void {
    const run = byId(id)
    if (run) replace({ ...run, job: { ...run.job, state: 'failed', message }, endedAt: Date.now() })
  }

  return {
    runs,
    ofTab,
    shownId,
    current,
    shownRun,
    busy,
    backdrop,
    onNodes,
    stepOf,
    byId,
    begin,
    look,
    take,
    takePreview,
    dated,
    abandon,
  }
})
