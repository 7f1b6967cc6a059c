/** Brings jobs of the server into this window: those of before a reload, and those that others began. */
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
  const runs = useRuns()
  if (runs.byId(job)) return
  const [view, workflow] = await Promise.all([fetchJob(job), fetchJobWorkflow(job)])
  if (runs.byId(job)) return
  runs.begin(job, workflow, tab)
  for (const event of view.events) runs.take(event)
  runs.dated(job, view.started ?? view.created, view.ended)
  await catchUp(job)
}
