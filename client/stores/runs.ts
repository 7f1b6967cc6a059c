/** The runs of this visit: events, every preview that arrived, and which picture is looked at. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { JobEvent, PreviewHeader } from '#workflows/protocol.ts'
import type { Workflow } from '#workflows/format.ts'
import { pictureUrl } from '../api/http.ts'
import { isOver, newJob, reduceJob, type Job, type JobOutput } from './job.ts'

/** A preview as it came over the line, still encoded. */
export interface Frame extends PreviewHeader {
  readonly blob: Blob
}

export interface Run {
  readonly job: Job
  readonly frames: readonly Frame[]
  /** Milliseconds since 1970, by this machine's clock. */
  readonly startedAt: number
  readonly endedAt: number | null
}

/** A picture to draw: encoded bytes, or an address of our own server. */
export interface Shown {
  readonly source: Blob | string
  readonly width: number
  readonly height: number
  readonly frame: Frame | null
}

const keptRuns = 24

export const useRuns = defineStore('runs', () => {
  const runs = shallowRef<readonly Run[]>([])
  /** The run that is looked at; null for the newest. */
  const shownId = ref<string | null>(null)
  /** The preview that is looked at; null for the newest picture. */
  const scrub = ref<number | null>(null)

  const current = computed(() => runs.value.at(-1) ?? null)
  const shownRun = computed(() => runs.value.find((run) => run.job.id === shownId.value) ?? current.value)
  const busy = computed(() => !isOver(current.value?.job ?? null))

  const shown = computed<Shown | null>(() => {
    const run = shownRun.value
    if (!run) return null
    const frame = scrub.value === null ? null : run.frames[scrub.value]
    return frame ? showFrame(frame) : newest(run)
  })

  /** The last picture of the newest run that has one: the backdrop of box canvases. */
  const backdrop = computed<Shown | null>(() => {
    for (const run of runs.value.toReversed()) {
      const picture = newest(run)
      if (picture) return picture
    }
    return null
  })

  /** What each node of the newest run shows. */
  const onNodes = computed(() => picturesByNode(current.value))

  function begin(id: string, workflow: Workflow): void {
    const run: Run = { job: newJob(id, workflow), frames: [], startedAt: Date.now(), endedAt: null }
    runs.value = [...runs.value.slice(1 - keptRuns), run]
    look(null)
  }

  function look(id: string | null): void {
    shownId.value = id
    scrub.value = null
  }

  /** Applies an event; false when events before it are missing and must be fetched. */
  function take(event: JobEvent): boolean {
    const run = runs.value.find(({ job }) => job.id === event.job)
    if (!run) return true
    const { job, gap } = reduceJob(run.job, event)
    if (job !== run.job) replace({ ...run, job, endedAt: isOver(job) ? (run.endedAt ?? Date.now()) : null })
    return !gap
  }

  function takePreview(header: PreviewHeader, bytes: Uint8Array): void {
    const run = runs.value.find(({ job }) => job.id === header.job)
    if (!run) return
    const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: header.mime })
    replace({ ...run, frames: [...run.frames, { ...header, blob }] })
  }

  function replace(run: Run): void {
    runs.value = runs.value.map((other) => (other.job.id === run.job.id ? run : other))
  }

  /** Ends a job that the server no longer knows. */
  function abandon(id: string, message: string): void {
    const run = runs.value.find(({ job }) => job.id === id)
    if (run) replace({ ...run, job: { ...run.job, state: 'failed', message }, endedAt: Date.now() })
  }

  return {
    runs,
    shownId,
    scrub,
    current,
    shownRun,
    busy,
    shown,
    backdrop,
    onNodes,
    begin,
    look,
    take,
    takePreview,
    abandon,
  }
})

export function newest(run: Run): Shown | null {
  const output = run.job.outputs.at(-1)
  if (output) return showOutput(output)
  const frame = run.frames.at(-1)
  return frame ? showFrame(frame) : null
}

/** Each picture keeps its one description, so that what shows it is not drawn again with every event. */
const described = new WeakMap<JobOutput | Frame, Shown>()

function showOutput(output: JobOutput): Shown {
  const { picture, width, height } = output
  return remember(output, { source: pictureUrl(picture), width, height, frame: null })
}

function showFrame(frame: Frame): Shown {
  return remember(frame, { source: frame.blob, width: frame.width, height: frame.height, frame })
}

function remember(of: JobOutput | Frame, shown: Shown): Shown {
  const known = described.get(of)
  if (!known) described.set(of, shown)
  return known ?? shown
}

function picturesByNode(run: Run | null): ReadonlyMap<string, Shown> {
  const pictures = new Map<string, Shown>()
  for (const frame of run?.frames ?? []) pictures.set(frame.node, showFrame(frame))
  for (const output of run?.job.outputs ?? []) pictures.set(output.node, showOutput(output))
  return pictures
}
