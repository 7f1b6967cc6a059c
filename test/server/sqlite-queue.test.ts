import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SqliteQueue } from '#server/jobs/sqlite-queue.ts'
import { openDatabase, StoreFullError, type Database } from '#server/store/database.ts'
import { FolderTakenError, openStore, type Store } from '#server/store/store.ts'
import { migrate } from '#server/store/migrations.ts'
import { queueContract } from './job-queue.contract.ts'

const bounds = {
  queuedJobs: 5,
  startsPerJob: 2,
  endedJobs: 3,
  endedJobsMs: 1_000_000,
  keptEvents: 1_000,
  storeEveryMs: 0,
  storeRetryMs: 10,
}

queueContract('SQLite', () => {
  const dir = mkdtempSync(join(tmpdir(), 'groundwork-queue-'))
  const opened: Database[] = []
  const open = async () => {
    const database = openDatabase(join(dir, 'groundwork.db'))
    migrate(database)
    opened.push(database)
    return new SqliteQueue(database, bounds)
  }
  return {
    open,
    // The old connection is left as a killed process leaves it: nothing is flushed or closed by the queue.
    reopen: open,
    async end() {
      for (const database of opened) database.close()
      rmSync(dir, { recursive: true })
    },
  }
})

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'groundwork-store-'))
})

afterEach(() => rmSync(dir, { recursive: true }))

describe('the store', () => {
  it('keeps what is committed through a power cut, and checks its links', () => {
    const db = openDatabase(join(dir, 'a.db'))
    const ask = (pragma: string) => Object.values(db.get(`PRAGMA ${pragma}`) ?? {})[0]
    expect(['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map(ask)).toEqual([
      'wal',
      2,
      1,
      5000,
    ])
    db.close()
  })

  it('is on an SQLite without the race of 3.7.0 to 3.51.2 that could lose commits', () => {
    const db = openDatabase(join(dir, 'a.db'))
    const { version } = db.get<{ version: string }>('SELECT sqlite_version() AS version') ?? { version: '0' }
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
    expect(major * 1_000_000 + minor * 1_000 + patch).toBeGreaterThanOrEqual(3_051_003)
    db.close()
  })

  it('belongs to one server at a time, and is free again when that one ends', async () => {
    const first = await openStore(dir)
    await expect(openStore(dir)).rejects.toThrow(FolderTakenError)
    first.close()
    ;(await openStore(dir)).close()
  })

  it('written by a newer Groundwork is not opened', async () => {
    const store = await openStore(dir)
    const current = store.database.get<{ user_version: number }>('PRAGMA user_version')?.user_version
    store.database.run('PRAGMA user_version = 999')
    store.close()
    await expect(openStore(dir)).rejects.toThrow(
      `a newer Groundwork wrote it (version 999, known are ${current})`,
    )
  })
})

describe('events', () => {
  const request = { workflow: { groundwork: 1 as const, nodes: {} } }
  const text = { kind: 'value', node: 'a', text: 'x' } as const
  const [storeEveryMs, storeRetryMs] = [60_000, 70_000]
  let database: Database
  let queue: SqliteQueue

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    database = openDatabase(':memory:')
    migrate(database)
    queue = new SqliteQueue(database, { ...bounds, storeEveryMs, storeRetryMs })
    await queue.add({ job: 'a', request, priority: 0 })
    await queue.claim()
  })

  afterEach(() => {
    database.close()
    vi.useRealTimers()
  })

  it('are stored together when the moment is over, not before', () => {
    const store = vi.spyOn(database, 'transaction')
    for (let n = 0; n < 3; n++) queue.append('a', text)
    vi.advanceTimersByTime(storeEveryMs - 1)
    expect([queue.backlog, store.mock.calls.length]).toEqual([3, 0])
    vi.advanceTimersByTime(1)
    expect([queue.backlog, store.mock.calls.length]).toEqual([0, 1])
  })

  it('that could not be stored: it is tried again after the pause, not before', () => {
    const store = vi.spyOn(database, 'transaction').mockImplementationOnce(() => {
      throw new Error('the disk is full')
    })
    queue.append('a', { kind: 'finished', ms: 1 })
    vi.advanceTimersByTime(storeRetryMs - 1)
    expect([queue.backlog, store.mock.calls.length]).toEqual([1, 1])
    vi.advanceTimersByTime(1)
    expect([queue.backlog, store.mock.calls.length]).toEqual([0, 2])
  })
})

describe('a queue whose disk is full', () => {
  const workflow = { groundwork: 1 as const, nodes: { a: { type: 'toy/text' } } }
  const large = { ...workflow, description: 'x'.repeat(3_000) }
  let store: Store

  /** Room for the tables and a few jobs, and not for one more. */
  async function fill(): Promise<SqliteQueue> {
    store = await openStore(dir, { maxPages: 40 })
    const queue = new SqliteQueue(store.database, { ...bounds, queuedJobs: 1_000 })
    await queue.add({ job: 'first', request: { workflow }, priority: 1 })
    await queue.claim()
    for (let n = 0; ; n++) {
      const full = await queue.add({ job: `job${n}`, request: { workflow: large }, priority: 0 }).then(
        () => false,
        (error: unknown) => error instanceof StoreFullError,
      )
      if (full) return queue
    }
  }

  it('refuses a job whole, and still answers what it knows', async () => {
    const queue = await fill()
    const { jobs } = await queue.list({ limit: 100 })
    expect(jobs.length).toBeGreaterThan(3)
    expect(await queue.events(jobs[0]?.job ?? '', 0)).toHaveLength(1)
    await expect(queue.check()).rejects.toThrow()
    await queue.close()
    store.close()
  })

  it('loses no event of the running job: they are stored, in order, once there is room', async () => {
    const queue = await fill()
    for (let index = 0; index < 300; index++)
      queue.append('first', { kind: 'value', node: 'a', text: `${index} ${'y'.repeat(200)}` })
    queue.append('first', { kind: 'finished', ms: 1 })
    expect(queue.backlog).toBeGreaterThan(0)
    store.database.get('PRAGMA max_page_count = 100000')
    await vi.waitFor(() => expect(queue.backlog).toBe(0))
    const events = (await queue.events('first', 0)) ?? []
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
    expect(events).toHaveLength(303)
    expect(await queue.get('first')).toMatchObject({ state: 'finished' })
    await queue.close()
    store.close()
  })
})
