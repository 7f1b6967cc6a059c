/** A job as its table holds it. */
import type { FailureCode, JobState, JobSummary } from '#workflows/protocol.ts'

export type JobRow = {
  readonly ord: number
  readonly id: string
  readonly name: string
  readonly nodes: number
  readonly priority: number
  readonly state: JobState
  readonly seq: number
  readonly created: number
  readonly started: number | null
  readonly ended: number | null
  readonly ms: number | null
  readonly message: string | null
  readonly failure: FailureCode | null
  /** JSON. */
  readonly pictures: string
}

export const summaryColumns =
  'ord, id, name, nodes, priority, state, seq, created, started, ended, ms, message, failure, pictures'

export function summaryOf(row: JobRow): JobSummary {
  const { id, name, state, priority, created, started, ended, ms, message, failure, pictures, nodes } = row
  return {
    job: id,
    name,
    state,
    priority,
    created,
    started,
    ended,
    ms,
    message,
    failure,
    pictures: JSON.parse(pictures) as string[],
    nodes,
  }
}
