/** How long the history is kept: by age, by count, and by how many events there are in all. */
import type { Database } from '../store/database.ts'

export interface RetentionBounds {
  /** Ended jobs that are kept. */
  readonly endedJobs: number
  readonly endedJobsMs: number
  /** Events of ended jobs that are kept, over all of them. */
  readonly keptEvents: number
}

/** Looking costs a pass over the table, so it is not done for every job. */
const jobsBetweenLooks = 20

const isEnded = `state IN ('finished', 'failed', 'cancelled')`

export class Retention {
  readonly #db: Database
  readonly #bounds: RetentionBounds
  #endedSince = 0

  constructor(db: Database, bounds: RetentionBounds) {
    this.#db = db
    this.#bounds = bounds
  }

  /** To be called for every job that ends. */
  jobEnded(now: number): void {
    if (++this.#endedSince >= jobsBetweenLooks) this.apply(now)
  }

  /** Forgets the oldest ended jobs with all that belongs to them. */
  apply(now: number): void {
    this.#endedSince = 0
    const { endedJobs, endedJobsMs, keptEvents } = this.#bounds
    this.#db.run(`DELETE FROM job WHERE ${isEnded} AND ended < ?`, now - endedJobsMs)
    this.#db.run(
      `DELETE FROM job WHERE ord IN (
        SELECT ord FROM (
          SELECT ord, row_number() OVER newest AS place, sum(seq) OVER newest AS events
          FROM job WHERE ${isEnded} WINDOW newest AS (ORDER BY ord DESC)
        ) WHERE place > ? OR (events > ? AND place > 1)
      )`,
      endedJobs,
      keptEvents,
    )
  }
}
