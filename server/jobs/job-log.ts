/** What happened to each job, in order and without gaps, and who watches it. */
import type { EngineEvent, JobEvent, JobState, LifecycleEvent, PreviewHeader } from '#workflows/protocol.ts'

/** Somebody who looks at a job while it runs. */
export interface Watcher {
  event(event: JobEvent): void
  /** Lossy: newest wins. */
  preview(header: PreviewHeader, bytes: Uint8Array): void
}

export interface JobView {
  readonly job: string
  readonly state: JobState
  /** In order of `seq`. */
  readonly events: readonly JobEvent[]
}

interface JobRecord {
  readonly job: string
  state: JobState
  readonly events: JobEvent[]
  readonly watchers: Set<Watcher>
}

const stateAfter: Readonly<Record<LifecycleEvent['kind'], JobState>> = {
  queued: 'queued',
  started: 'running',
  finished: 'finished',
  failed: 'failed',
  cancelled: 'cancelled',
}

export class JobLog {
  readonly #jobs = new Map<string, JobRecord>()
  readonly #bounds: { readonly endedJobs: number; readonly keptEvents: number }
  #eventCount = 0

  constructor(bounds: { readonly endedJobs: number; readonly keptEvents: number }) {
    this.#bounds = bounds
  }

  /** Begins the record of a job; its first event is `queued`. */
  open(job: string): void {
    this.#jobs.set(job, { job, state: 'queued', events: [], watchers: new Set() })
    this.append(job, { kind: 'queued' })
  }

  /** Numbers an event, keeps it and tells the watchers. Nothing follows an end: what comes later is dropped. */
  append(job: string, event: EngineEvent | LifecycleEvent): void {
    const record = this.#jobs.get(job)
    if (!record || hasEnded(record)) return
    const numbered: JobEvent = { job, seq: record.events.length + 1, ...event }
    record.events.push(numbered)
    this.#eventCount++
    if (isLifecycle(event)) record.state = stateAfter[event.kind]
    for (const watcher of record.watchers) watcher.event(numbered)
    if (hasEnded(record)) this.#forgetOldest()
  }

  preview(header: PreviewHeader, bytes: Uint8Array): void {
    for (const watcher of this.#jobs.get(header.job)?.watchers ?? []) watcher.preview(header, bytes)
  }

  /** The job with its events after `lastSeq`; null when it is not known (any more). */
  view(job: string, lastSeq = 0): JobView | null {
    const record = this.#jobs.get(job)
    return record ? { job, state: record.state, events: record.events.slice(lastSeq) } : null
  }

  /** Tells the watcher of everything from now on. */
  watch(job: string, watcher: Watcher): void {
    this.#jobs.get(job)?.watchers.add(watcher)
  }

  unwatch(job: string, watcher: Watcher): void {
    this.#jobs.get(job)?.watchers.delete(watcher)
  }

  isWatched(job: string): boolean {
    return (this.#jobs.get(job)?.watchers.size ?? 0) > 0
  }

  /** Jobs stand in the order they came, so the first that ended is the oldest. */
  #forgetOldest(): void {
    const ended = [...this.#jobs.values()].filter(hasEnded)
    while (
      ended.length > this.#bounds.endedJobs ||
      (ended.length > 1 && this.#eventCount > this.#bounds.keptEvents)
    ) {
      const oldest = ended.shift()
      if (!oldest) return
      this.#jobs.delete(oldest.job)
      this.#eventCount -= oldest.events.length
    }
  }
}

function isLifecycle(event: EngineEvent | LifecycleEvent): event is LifecycleEvent {
  return event.kind in stateAfter
}

function hasEnded({ state }: JobRecord): boolean {
  return state === 'finished' || state === 'failed' || state === 'cancelled'
}
