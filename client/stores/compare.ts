/** The run that stands beside the one that is looked at. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { i18n, translate } from '../locales/i18n.ts'
import { newest, showOutput, type Shown } from './run-pictures.ts'
import { useRuns } from './runs.ts'
import { useScrub } from './scrub.ts'

export const useCompare = defineStore('compare', () => {
  const runs = useRuns()
  const scrub = useScrub()
  const wished = ref<string | null>(null)

  /** Whatever has a picture and is not looked at, newest first; none where nothing is looked at. */
  const choices = computed(() =>
    scrub.shown === null
      ? []
      : runs.runs.filter((run) => run.job.id !== runs.shownRun?.job.id && newest(run) !== null).toReversed(),
  )
  const other = computed(() =>
    choices.value.some(({ job }) => job.id === wished.value) ? wished.value : null,
  )

  /** The same step of the other run where it has it, otherwise its last picture. */
  const shown = computed<Shown | null>(() => {
    const run = runs.byId(other.value)
    if (!run) return null
    const { slide, loop, outputs, output } = scrub
    if (slide) {
      const loops = scrub.stepsOf(run.job.id)
      const slides = loops.get(loop ?? '') ?? [...loops.values()].at(-1) ?? []
      const same = slides.find(({ index }) => index === slide.index)
      if (same) return same.shown
    }
    const place = output ? outputs.indexOf(output) : -1
    const alike = run.job.outputs.length === outputs.length ? run.job.outputs[place] : undefined
    return alike ? showOutput(alike) : newest(run)
  })

  function toggle(): void {
    wished.value = other.value === null ? (choices.value[0]?.job.id ?? null) : null
    fetchSteps()
  }

  function choose(job: string): void {
    wished.value = job
    fetchSteps()
  }

  function fetchSteps(): void {
    if (wished.value !== null && !scrub.kept.has(wished.value)) void scrub.fetchKept(wished.value)
  }

  /** `Run 3 · A house and a tree`. */
  function nameOf(job: string): string {
    const run = runs.byId(job)
    const time = i18n.global.d(new Date(run?.startedAt ?? 0), 'clock')
    const name = run?.job.workflow.name
    return [translate('result.runAt', { time }), name].filter(Boolean).join(' · ')
  }

  return { choices, other, shown, toggle, choose, nameOf }
})
