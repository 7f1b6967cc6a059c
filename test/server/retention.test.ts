import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RetentionBounds } from '#server/jobs/retention.ts'
import { SqliteQueue } from '#server/jobs/sqlite-queue.ts'
import { limits } from '#server/limits.ts'
import { openDatabase, type Database } from '#server/store/database.ts'
import { migrate } from '#server/store/migrations.ts'

const around = [-1, 0, 1]
const endless = { endedJobs: 1e9, endedJobsMs: 1e15, keptEvents: 1e9 }
const request = { workflow: { groundwork: 1 as const, nodes: {} } }

let database: Database
let now: number

beforeEach(() => {
  database = openDatabase(':memory:')
  migrate(database)
  now = 1e12
})

afterEach(() => database.close())

/** Ends so many jobs, each with three events, then waits, and gives what a new start still knows. */
async function kept(count: number, bounds: Partial<RetentionBounds>, waitMs = 0): Promise<string[]> {
  const queue = new SqliteQueue(database, { ...limits, ...endless, ...bounds, storeEveryMs: 0 }, () => now)
  for (let n = 1; n <= count; n++) {
    await queue.add({ job: `${n}`, request, priority: 0 })
    await queue.claim()
    queue.append(`${n}`, { kind: 'finished', ms: 1 })
  }
  now += waitMs
  await queue.recover()
  const { jobs } = await queue.list({ limit: 100 })
  await queue.close()
  return jobs.map(({ job }) => job)
}

describe('the history', () => {
  it.each(around)('keeps so many ended jobs, the newest: of 4 and %i', async (more) => {
    const all = ['5', '4', '3', '2', '1'].slice(1 - more)
    expect(await kept(4 + more, { endedJobs: 4 })).toEqual(all.slice(0, 4))
  })

  it.each(around)('keeps an ended job for so long: for the limit and %i ms', async (more) => {
    const { endedJobsMs } = limits
    expect(await kept(1, { endedJobsMs }, endedJobsMs + more)).toEqual(more > 0 ? [] : ['1'])
  })

  it.each(around)('keeps so many events, those of the newest jobs: 6 and %i', async (more) => {
    expect(await kept(2, { keptEvents: 6 + more })).toEqual(more < 0 ? ['2'] : ['2', '1'])
  })

  it('keeps the newest job, however many events it has', async () => {
    expect(await kept(2, { keptEvents: 1 })).toEqual(['2'])
  })
})
