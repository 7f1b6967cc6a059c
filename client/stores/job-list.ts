/** One list of jobs out of pages that overlap. */
import type { JobSummary } from '#workflows/protocol.ts'

/** Newest first; of a job that stands in both, what came later counts. */
export function mergeJobs(known: readonly JobSummary[], more: readonly JobSummary[]): readonly JobSummary[] {
  const jobs = new Map([...known, ...more].map((job) => [job.job, job]))
  return [...jobs.values()].sort((a, b) => b.created - a.created || a.job.localeCompare(b.job))
}
