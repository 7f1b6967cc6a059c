/** Brings jobs of the server into this window: those of before a reload, and those that others began. */
import type { Workflow } from '#workflows/format.ts'
import { fetchJob, fetchJobWorkflow } from './api/jobs.ts'
import { catchUp } from './running.ts'
import { useRuns } from './stores/runs.ts'

/**
 * Makes a job known here, with all that happened to it, and follows it while it runs.
 *
 * @param tab the tab that it belongs to; null when none does.
 * @throws HttpFailure when the server does not know it any more.
 */
export async function openJob(job: string, tab: string | null): Promise<void> {
  if (!claimed(job, tab)) await begin(await fetchRun(job), tab)
}

/** Makes the jobs of a tab known, oldest first; those that the server does not know any more are left out. */
export async function openJobs(jobs: readonly string[], tab: string): Promise<void> {
  const fetched = await Promise.allSettled(jobs.map(fetchRun))
  await Promise.all(fetched.map((run) => (run.status === 'fulfilled' ? begin(run.value, tab) : null)))
}

/** Gives a job that is known already to the tab that asks for it; false when it is not known. */
function claimed(job: string, tab: string | null): boolean {
  const runs = useRuns()
  const known = runs.byId(job)
  if (known && tab !== null) runs.begin(job, known.job.workflow, tab)
  return known !== undefined
}

interface PastRun {
  readonly job: string
  readonly view: Awaited<ReturnType<typeof fetchJob>>
  readonly workflow: Workflow
}

async function fetchRun(job: string): Promise<PastRun> {
  const [view, workflow] = await Promise.all([fetchJob(job), fetchJobWorkflow(job)])
  return { job, view, workflow }
}

async function begin({ job, view, workflow }: PastRun, tab: string | null): Promise<void> {
  if (claimed(job, tab)) return
  const runs = useRuns()
  runs.begin(job, workflow, tab)
  for (const event of view.events) runs.take(event)
  runs.dated(job, view.started ?? view.created, view.ended)
  await catchUp(job)
}
