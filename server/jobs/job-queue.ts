/** Jobs that wait for a runner. The contract is the seam for a queue that outlives the process. */
import type { RunnerJob } from '../runner/messages.ts'

export interface JobQueue {
  /** Takes a job in at the end; false when the queue is full. */
  add(job: RunnerJob): boolean
  /** The job that has waited longest, which then waits no more. */
  take(): RunnerJob | undefined
  /** Takes a waiting job out; false when it does not wait here. */
  remove(job: string): boolean
}

/** First in, first out, in memory: what waits is lost with the process. */
export function memoryQueue(capacity: number): JobQueue {
  const waiting = new Map<string, RunnerJob>()
  return {
    add(job) {
      if (waiting.size >= capacity) return false
      waiting.set(job.job, job)
      return true
    },
    take() {
      const [first] = waiting.values()
      if (first) waiting.delete(first.job)
      return first
    },
    remove: (job) => waiting.delete(job),
  }
}
