/** Which picture of the run that is looked at stands in view: a step of one of its loops, or one that it made. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { BranchPoint, KeptStep } from '#workflows/protocol.ts'
import { fetchSteps } from '../api/jobs.ts'
import { asRun } from '../document/as-run.ts'
import { isOver, type JobOutput } from './job.ts'
import { newest, showOutput, type Shown } from './run-pictures.ts'
import { useRuns } from './runs.ts'
import { useServer } from './server.ts'
import { slidesOf, type Slide } from './slides.ts'

export const useScrub = defineStore('scrub', () => {
  const runs = useRuns()
  const server = useServer()
  /** The steps that the server kept, by job. */
  const kept = shallowRef<ReadonlyMap<string, readonly KeptStep[]>>(new Map())
  const wishedLoop = ref<string | null>(null)
  /** The step that is looked at; null for the final picture. */
  const at = ref<number | null>(null)
  /** Which of the run's pictures is looked at, in the order in which it made them; null for the last. */
  const chosen = ref<number | null>(null)
  const playing = ref(false)
  /** Whether the picture that is looked at is still on its way. */
  const isPending = ref(false)

  const outputs = computed<readonly JobOutput[]>(() => runs.shownRun?.job.outputs ?? [])
  const output = computed(() => outputs.value.at(chosen.value ?? -1) ?? null)

  /**
   * The steps of a run, of the cell and the item of the picture that was chosen, by the node that starts their loop: kept ones,
   * or those that came over the line.
   */
  function stepsOf(job: string): ReadonlyMap<string, readonly Slide[]> {
    const run = runs.byId(job)
    return run ? slidesOf(run, kept.value.get(job) ?? [], server.catalogue, output.value ?? {}) : new Map()
  }

  const job = computed(() => runs.shownRun?.job.id ?? null)
  const loops = computed(() =>
    job.value === null ? new Map<string, readonly Slide[]>() : stepsOf(job.value),
  )
  const loop = computed(() => {
    const names = [...loops.value.keys()]
    return wishedLoop.value !== null && loops.value.has(wishedLoop.value)
      ? wishedLoop.value
      : (names.at(-1) ?? null)
  })
  const slides = computed(() => loops.value.get(loop.value ?? '') ?? [])
  const hasFinal = computed(() => outputs.value.length > 0)
  /** Position of the newest picture on the scale. */
  const last = computed(() => slides.value.length - (hasFinal.value ? 0 : 1))
  const slide = computed(() => (at.value === null ? null : (slides.value[at.value] ?? null)))

  const shown = computed<Shown | null>(() => {
    if (slide.value) return slide.value.shown
    if (output.value) return showOutput(output.value)
    return runs.shownRun ? newest(runs.shownRun) : null
  })

  /** The node that made what is shown; of a step the end of its loop, to which all leads that has a part in it. */
  const maker = computed(() => {
    const run = runs.shownRun
    if (!run || !slide.value) return output.value?.node ?? run?.frames.at(-1)?.node ?? null
    return (
      asRun(run.job.workflow, server.catalogue).loops.find(({ start }) => start === loop.value)?.end ??
      loop.value
    )
  })

  /** Where a run that keeps the picture in view would go on; null where there is nothing kept, or nothing after it. */
  const branchPoint = computed<BranchPoint | null>(() => {
    const { value: now } = slide
    if (!now?.isKept || loop.value === null || job.value === null) return null
    const step = now.index + 1
    if (step >= (now.total ?? 0)) return null
    const cell = runs.shownRun?.job.workflow.sweep && (output.value?.cell ?? [])
    return { job: job.value, node: loop.value, step, ...(cell && { cell }) }
  })

  function go(index: number): void {
    const next = Math.min(Math.max(index, 0), last.value)
    at.value = next >= last.value ? null : next
  }

  function step(by: number): void {
    go((at.value ?? last.value) + by)
  }

  function chooseLoop(start: string): void {
    wishedLoop.value = start
    at.value = 0
  }

  function choosePicture(picture: JobOutput): void {
    chosen.value = outputs.value.indexOf(picture)
    at.value = null
  }

  async function fetchKept(id: string): Promise<void> {
    const steps = await fetchSteps(id).catch(() => [])
    kept.value = new Map([...kept.value, [id, steps]])
  }

  watch(job, () => {
    at.value = null
    chosen.value = null
    playing.value = false
  })
  watch(
    () => (runs.shownRun && isOver(runs.shownRun.job) ? runs.shownRun.job.id : null),
    (over) => {
      if (over !== null) void fetchKept(over)
    },
    { immediate: true },
  )

  return {
    kept,
    at,
    chosen,
    playing,
    isPending,
    loops,
    loop,
    slides,
    last,
    slide,
    output,
    outputs,
    hasFinal,
    shown,
    maker,
    branchPoint,
    stepsOf,
    go,
    step,
    chooseLoop,
    choosePicture,
    fetchKept,
  }
})
