/** The server's queue and the history of its jobs, whoever began them. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { JobState, JobSummary, QueueView } from '#workflows/protocol.ts'
import { fetchJob, fetchJobs, fetchQueue } from '../api/jobs.ts'
import { mergeJobs } from './job-list.ts'

const pageSize = 30

export const useQueue = defineStore('queue', () => {
  const view = shallowRef<QueueView>({ paused: false, queued: [], running: null })
  const jobs = shallowRef<readonly JobSummary[]>([])
  /** Where the next page begins; null when all are here. */
  const next = ref<string | null>(null)
  const isLoading = ref(false)

  const byId = computed(() => new Map(jobs.value.map((job) => [job.job, job])))
  const openCount = computed(() => view.value.queued.length + (view.value.running === null ? 0 : 1))

  /** How many jobs run before this one; null when it does not wait. */
  function placeOf(job: string): number | null {
    const index = view.value.queued.indexOf(job)
    return index < 0 ? null : index + (view.value.running === null ? 0 : 1)
  }

  function stateOf(job: JobSummary): JobState {
    if (view.value.running === job.job) return 'running'
    return view.value.queued.includes(job.job) ? 'queued' : job.state
  }

  let asked = false
  let asking = false

  function take(state: QueueView): void {
    view.value = state
    void refresh()
  }

  /** Asks for the newest jobs again; calls while one is under way become one more. */
  async function refresh(): Promise<void> {
    asked = true
    if (asking) return
    asking = true
    while (asked) {
      asked = false
      await fetchNewest().catch(() => null)
    }
    asking = false
  }

  async function fetchNewest(): Promise<void> {
    const [page, state] = await Promise.all([fetchJobs({ limit: pageSize }), fetchQueue()])
    view.value = state
    const isFirst = jobs.value.length === 0
    jobs.value = mergeJobs(jobs.value, page.jobs)
    if (isFirst) next.value = page.next
    await settle(new Set(page.jobs.map(({ job }) => job)))
  }

  /** Jobs of older pages that were under way when they were fetched. */
  async function settle(fresh: ReadonlySet<string>): Promise<void> {
    const stale = jobs.value.filter(
      ({ job, state }) => !fresh.has(job) && (state === 'queued' || state === 'running'),
    )
    const now = await Promise.all(stale.map(({ job }) => fetchJob(job).catch(() => null)))
    const gone = new Set(stale.filter((_, index) => now[index] === null).map(({ job }) => job))
    jobs.value = mergeJobs(
      jobs.value.filter(({ job }) => !gone.has(job)),
      now.filter((job) => job !== null),
    )
  }

  async function more(): Promise<void> {
    if (next.value === null || isLoading.value) return
    isLoading.value = true
    try {
      const page = await fetchJobs({ before: next.value, limit: pageSize })
      jobs.value = mergeJobs(jobs.value, page.jobs)
      next.value = page.next
    } finally {
      isLoading.value = false
    }
  }

  return { view, jobs, next, isLoading, byId, openCount, placeOf, stateOf, take, refresh, more }
})
