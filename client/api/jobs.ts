/** Jobs and the queue over HTTP. */
import { z } from 'zod'
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import {
  jobPage,
  jobView,
  keptStep,
  queueView,
  type JobPage,
  type JobView,
  type KeptStep,
  type QueueView,
} from '#workflows/protocol.ts'
import { ask } from './http.ts'

const jobPath = (job: string) => `/api/jobs/${encodeURIComponent(job)}`

/** Jobs, newest first, from the one after `before` on. */
export async function fetchJobs(wish: { before?: string | null; limit: number }): Promise<JobPage> {
  const query = new URLSearchParams({ limit: String(wish.limit) })
  if (wish.before) query.set('before', wish.before)
  return jobPage.parse(await ask(`/api/jobs?${query}`))
}

export async function fetchJob(job: string): Promise<JobView> {
  return jobView.parse(await ask(jobPath(job)))
}

export async function fetchJobWorkflow(job: string): Promise<Workflow> {
  const reply = await ask(`${jobPath(job)}/workflow`)
  workflowSchema.parse(reply)
  return reply as Workflow
}

/** Hands the same workflow in again; gives the new job's id. */
export async function retryJob(job: string): Promise<string> {
  const reply = z.object({ job: z.string() }).parse(await ask(`${jobPath(job)}/retry`, { method: 'POST' }))
  return reply.job
}

export async function setPriority(job: string, priority: number): Promise<void> {
  await ask(jobPath(job), { method: 'PATCH', json: { priority } })
}

export async function cancelEveryJob(): Promise<void> {
  await ask('/api/jobs', { method: 'DELETE' })
}

export async function fetchQueue(): Promise<QueueView> {
  return queueView.parse(await ask('/api/queue'))
}

/** Nothing new begins while the queue is paused. */
export async function pauseQueue(paused: boolean): Promise<void> {
  await ask(`/api/queue/${paused ? 'pause' : 'resume'}`, { method: 'POST' })
}

export async function fetchSteps(job: string): Promise<readonly KeptStep[]> {
  return z.array(keptStep).parse(await ask(`${jobPath(job)}/steps`))
}

/** Where the picture of a kept step can be fetched. */
export function stepUrl(job: string, { node, index, cell, item }: KeptStep): string {
  const query = [...(cell ? [`cell=${cell.join(',')}`] : []), ...(item ? [`item=${item.index}`] : [])]
  const path = `${jobPath(job)}/steps/${encodeURIComponent(node)}/${index}`
  return query.length > 0 ? `${path}?${query.join('&')}` : path
}
