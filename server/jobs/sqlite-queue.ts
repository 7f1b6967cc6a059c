/** The queue of one machine: a table and a clock. One process owns the file, so there are no leases and no heartbeats. */
import type {
  EngineEvent,
  JobEvent,
  JobPage,
  JobState,
  JobSummary,
  LifecycleEvent,
  QueueView,
} from '#workflows/protocol.ts'
import { log } from '../log.ts'
import type { Database, Value } from '../store/database.ts'
import type {
  Added,
  ClaimedJob,
  EndEvent,
  HistoryFilter,
  JobQueue,
  JobRequest,
  NewJob,
  QueueListener,
} from './job-queue.ts'
import { summaryOf, summaryColumns, type JobRow } from './job-row.ts'
import { Retention, type RetentionBounds } from './retention.ts'

export interface QueueBounds extends RetentionBounds {
  /** Jobs that wait at the same time. */
  readonly queuedJobs: number
  /** How often a job may be started before it is held to be what ends its runners. */
  readonly startsPerJob: number
  /** Events within this time are stored together: each storing waits for the disk. */
  readonly storeEveryMs: number
  /** How long to wait before what could not be stored is tried again. */
  readonly storeRetryMs: number
}

/** Storing takes at most one part in so many of the process's time, however slow the disk is. */
const shareOfTime = 5

const checkedBytes = 64 * 1024

/** A change of one job, to be made inside a transaction; the events that it stored. */
type Change = () => readonly JobEvent[]

export class SqliteQueue implements JobQueue {
  readonly #db: Database
  readonly #bounds: QueueBounds
  readonly #now: () => number
  readonly #retention: Retention
  readonly #listeners = new Set<QueueListener>()
  #pending: Change[] = []
  #flushSoon: NodeJS.Timeout | null = null
  #lastStoreMs = 0
  #retry: NodeJS.Timeout | null = null
  #closed = false

  /** @param now milliseconds since 1970. */
  constructor(db: Database, bounds: QueueBounds, now: () => number = Date.now) {
    this.#db = db
    this.#bounds = bounds
    this.#now = now
    this.#retention = new Retention(db, bounds)
  }

  async add(job: NewJob): Promise<Added> {
    const body = JSON.stringify(job.request)
    const { added, events } = this.#db.transaction(() => this.#insert(job, body))
    this.#tell(events)
    return added
  }

  async claim(): Promise<ClaimedJob | null> {
    this.#store()
    const { claimed, events } = this.#db.transaction(() => this.#claimNext())
    this.#tell(events)
    return claimed
  }

  append(job: string, event: EngineEvent | EndEvent): void {
    this.#change(() => this.#stored(job, event), event.kind in stateAfter)
  }

  giveBack(job: string, { because, counts }: { readonly because: string; readonly counts: boolean }): void {
    this.#change(() => this.#returned(job, because, counts), true)
  }

  get backlog(): number {
    return this.#pending.length
  }

  async get(job: string): Promise<JobSummary | null> {
    const row = this.#row(job)
    return row ? summaryOf(row) : null
  }

  async request(job: string): Promise<JobRequest | null> {
    const found = this.#db.get<{ body: string }>(
      'SELECT body FROM request JOIN job ON job.ord = request.job WHERE job.id = ?',
      job,
    )
    return found ? (JSON.parse(found.body) as JobRequest) : null
  }

  async events(job: string, lastSeq: number): Promise<readonly JobEvent[] | null> {
    const row = this.#row(job)
    if (!row) return null
    const found = this.#db.all<{ seq: number; body: string }>(
      'SELECT seq, body FROM event WHERE job = ? AND seq > ? ORDER BY seq',
      row.ord,
      lastSeq,
    )
    return found.map(({ seq, body }) => ({ job, seq, ...(JSON.parse(body) as EngineEvent | LifecycleEvent) }))
  }

  async list({ states = [], before, limit }: HistoryFilter): Promise<JobPage> {
    const conditions = [
      ...(before === undefined ? [] : ['ord < ?']),
      ...(states.length === 0 ? [] : [`state IN (${states.map(() => '?').join(', ')})`]),
    ]
    const values: Value[] = [...(before === undefined ? [] : [Number(before)]), ...states]
    const rows = this.#db.all<JobRow>(
      `SELECT ${summaryColumns} FROM job ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
        ORDER BY ord DESC LIMIT ?`,
      ...values,
      limit + 1,
    )
    const page = rows.slice(0, limit)
    return {
      jobs: page.map(summaryOf),
      next: rows.length > limit ? String(page.at(-1)?.ord ?? '') : null,
    }
  }

  async view(): Promise<QueueView> {
    const ids = (sql: string) => this.#db.all<{ id: string }>(sql).map(({ id }) => id)
    return {
      paused: this.#isPaused(),
      queued: ids(`SELECT id FROM job WHERE state = 'queued' ORDER BY priority DESC, ord`),
      running: ids(`SELECT id FROM job WHERE state = 'running'`)[0] ?? null,
    }
  }

  async cancel(job: string): Promise<'cancelled' | 'running' | 'ended' | 'unknown'> {
    this.#store()
    const row = this.#row(job)
    if (!row) return 'unknown'
    if (row.state === 'running') {
      // Kept: if what runs it dies first, it is cancelled all the same.
      this.#db.run('UPDATE job SET cancelling = 1 WHERE id = ?', job)
      return 'running'
    }
    if (row.state !== 'queued') return 'ended'
    this.#tell(this.#db.transaction(() => this.#stored(job, { kind: 'cancelled' })))
    return 'cancelled'
  }

  async cancelWaiting(): Promise<readonly string[]> {
    this.#store()
    const events = this.#db.transaction(() =>
      this.#db
        .all<{ id: string }>(`SELECT id FROM job WHERE state = 'queued' ORDER BY ord`)
        .flatMap(({ id }) => this.#stored(id, { kind: 'cancelled' })),
    )
    this.#tell(events)
    return events.map(({ job }) => job)
  }

  async prioritise(job: string, priority: number): Promise<'moved' | 'not-waiting' | 'unknown'> {
    const row = this.#row(job)
    if (!row) return 'unknown'
    const moved = this.#db.run(`UPDATE job SET priority = ? WHERE id = ? AND state = 'queued'`, priority, job)
    if (moved === 0) return 'not-waiting'
    this.#tellChanged()
    return 'moved'
  }

  async setPaused(paused: boolean): Promise<void> {
    this.#db.run(`INSERT OR REPLACE INTO setting VALUES ('paused', ?)`, paused ? '1' : '0')
    this.#tellChanged()
  }

  async recover(): Promise<void> {
    const left = this.#db.all<{ id: string }>(`SELECT id FROM job WHERE state = 'running'`)
    const because = 'The server ended while the job ran'
    this.#tell(this.#db.transaction(() => left.flatMap(({ id }) => this.#returned(id, because, true))))
    this.#retention.apply(this.#now())
  }

  async check(): Promise<void> {
    this.#store()
    // As much room as a job and its events could need, taken and given back.
    this.#db.transaction(() => {
      this.#db.run(`INSERT OR REPLACE INTO setting VALUES ('checked', ?)`, ' '.repeat(checkedBytes))
      this.#db.run(`UPDATE setting SET value = ? WHERE name = 'checked'`, String(this.#now()))
    })
  }

  subscribe(listener: QueueListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#flushSoon) clearTimeout(this.#flushSoon)
    if (this.#retry) clearTimeout(this.#retry)
    this.#store()
  }

  #insert(job: NewJob, body: string): { added: Added; events: JobEvent[] } {
    const { request, priority, key } = job
    const known =
      key === undefined
        ? undefined
        : this.#db.get<{ id: string; body: string }>(
            'SELECT id, body FROM job JOIN request ON request.job = job.ord WHERE key = ?',
            key,
          )
    if (known)
      return {
        added: known.body === body ? { kind: 'known', job: known.id } : { kind: 'other-request' },
        events: [],
      }
    const waiting = this.#db.get<{ n: number }>(`SELECT count(*) AS n FROM job WHERE state = 'queued'`)
    if ((waiting?.n ?? 0) >= this.#bounds.queuedJobs) return { added: { kind: 'full' }, events: [] }
    this.#db.run(
      `INSERT INTO job (id, key, name, nodes, priority, state, created) VALUES (?, ?, ?, ?, ?, 'queued', ?)`,
      job.job,
      key ?? null,
      request.workflow.name ?? '',
      Object.keys(request.workflow.nodes).length,
      priority,
      this.#now(),
    )
    this.#db.run('INSERT INTO request SELECT ord, ? FROM job WHERE id = ?', body, job.job)
    return { added: { kind: 'added' }, events: this.#stored(job.job, { kind: 'queued' }) }
  }

  #claimNext(): { claimed: ClaimedJob | null; events: JobEvent[] } {
    const next = this.#isPaused()
      ? undefined
      : this.#db.get<{ id: string; body: string }>(
          `SELECT id, body FROM job JOIN request ON request.job = job.ord WHERE state = 'queued'
            ORDER BY priority DESC, ord LIMIT 1`,
        )
    if (!next) return { claimed: null, events: [] }
    this.#db.run('UPDATE job SET starts = starts + 1 WHERE id = ?', next.id)
    const events = this.#stored(next.id, { kind: 'started' })
    return { claimed: { job: next.id, request: JSON.parse(next.body) as JobRequest }, events }
  }

  /** Stores an event with the state it leads to; nothing when the job has ended or is gone. */
  #stored(job: string, event: EngineEvent | LifecycleEvent): JobEvent[] {
    const row = this.#row(job)
    if (!row || row.ended !== null) return []
    const seq = row.seq + 1
    this.#db.run('INSERT INTO event VALUES (?, ?, ?)', row.ord, seq, JSON.stringify(event))
    this.#db.run('UPDATE job SET seq = ? WHERE ord = ?', seq, row.ord)
    if (event.kind === 'output') {
      const pictures = [...(JSON.parse(row.pictures) as string[]), event.picture]
      this.#db.run('UPDATE job SET pictures = ? WHERE ord = ?', JSON.stringify(pictures), row.ord)
    }
    if (isLifecycle(event)) this.#enter(row.ord, event)
    return [{ job, seq, ...event }]
  }

  #enter(ord: number, event: LifecycleEvent): void {
    const state: JobState = stateAfter[event.kind]
    const now = this.#now()
    switch (event.kind) {
      case 'queued':
        this.#db.run(`UPDATE job SET state = ?, started = NULL, pictures = '[]' WHERE ord = ?`, state, ord)
        return
      case 'started':
        this.#db.run('UPDATE job SET state = ?, started = ? WHERE ord = ?', state, now, ord)
        return
      default: {
        const ms = event.kind === 'finished' ? event.ms : null
        const { message, code } = event.kind === 'failed' ? event : { message: null, code: null }
        this.#db.run(
          'UPDATE job SET state = ?, ended = ?, ms = ?, message = ?, failure = ? WHERE ord = ?',
          state,
          now,
          ms,
          message,
          code,
          ord,
        )
      }
    }
  }

  #returned(job: string, because: string, counts: boolean): JobEvent[] {
    const row = this.#db.get<{ state: JobState; starts: number; cancelling: number }>(
      'SELECT state, starts, cancelling FROM job WHERE id = ?',
      job,
    )
    if (row?.state !== 'running') return []
    if (row.cancelling) return this.#stored(job, { kind: 'cancelled' })
    if (!counts) this.#db.run('UPDATE job SET starts = starts - 1 WHERE id = ?', job)
    else if (row.starts >= this.#bounds.startsPerJob)
      return this.#stored(job, {
        kind: 'failed',
        message: crashMessage(because, row.starts),
        code: 'crashed',
      })
    return this.#stored(job, { kind: 'queued', because })
  }

  #row(job: string): JobRow | undefined {
    return this.#db.get<JobRow>(`SELECT ${summaryColumns} FROM job WHERE id = ?`, job)
  }

  #isPaused(): boolean {
    return this.#db.get<{ value: string }>(`SELECT value FROM setting WHERE name = 'paused'`)?.value === '1'
  }

  /** Events of a moment are stored in one transaction; what changes a state is not kept waiting. */
  #change(change: Change, now: boolean): void {
    this.#pending.push(change)
    if (this.#retry || this.#closed) return
    if (now) this.#storeOrRetry()
    else this.#flushSoon ??= setTimeout(() => this.#storeOrRetry(), this.#pauseMs())
  }

  #pauseMs(): number {
    return Math.max(this.#bounds.storeEveryMs, this.#lastStoreMs * (shareOfTime - 1))
  }

  #storeOrRetry(): void {
    try {
      this.#store()
    } catch (error) {
      log.error({ err: error, waiting: this.#pending.length }, 'events cannot be stored, trying again')
      this.#retry = setTimeout(() => {
        this.#retry = null
        this.#storeOrRetry()
      }, this.#bounds.storeRetryMs)
    }
  }

  /** Stores what waits to be stored, all of it or nothing. */
  #store(): void {
    if (this.#flushSoon) clearTimeout(this.#flushSoon)
    this.#flushSoon = null
    if (this.#pending.length === 0) return
    const begin = performance.now()
    const events = this.#db.transaction(() => this.#pending.flatMap((change) => change()))
    this.#lastStoreMs = performance.now() - begin
    this.#pending = []
    this.#tell(events)
  }

  #tell(events: readonly JobEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener.event(event)
    if (events.some(isLifecycle)) this.#tellChanged()
    if (events.some(({ kind }) => isEnd(kind))) this.#forgetOld()
  }

  /** Room that cannot be made now is made later. */
  #forgetOld(): void {
    try {
      this.#retention.jobEnded(this.#now())
    } catch (error) {
      log.error({ err: error }, 'old jobs cannot be removed')
    }
  }

  #tellChanged(): void {
    for (const listener of this.#listeners) listener.changed()
  }
}

const stateAfter: Readonly<Record<LifecycleEvent['kind'], JobState>> = {
  queued: 'queued',
  started: 'running',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
}

function isLifecycle<Event extends EngineEvent | LifecycleEvent>(
  event: Event,
): event is Extract<Event, LifecycleEvent> {
  return event.kind in stateAfter
}

function isEnd(kind: JobEvent['kind']): boolean {
  return kind === 'finished' || kind === 'failed' || kind === 'cancelled'
}

function crashMessage(because: string, starts: number): string {
  return `${because}, as happened before: the job was started ${starts} times and is not tried again; change it, or retry it by hand`
}
