/** What a run of each type of node took, kept over restarts: new measurements count for a half, old ones fade. */
import type { Database } from '../store/database.ts'
import type { NodeTimes } from './time-left.ts'

export function openNodeTimes(db: Database): NodeTimes {
  return {
    get: (type) => db.get<{ ms: number }>('SELECT ms FROM timing WHERE type = ?', type)?.ms ?? null,
    learn: (times) =>
      db.transaction(() => {
        for (const [type, ms] of times)
          db.run(
            `INSERT INTO timing VALUES (?, ?) ON CONFLICT (type) DO UPDATE SET ms = (ms + excluded.ms) / 2`,
            type,
            ms,
          )
      }),
  }
}
