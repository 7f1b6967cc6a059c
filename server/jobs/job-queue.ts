/**
 * The contract of a job queue: what is accepted is never lost, what happens to a job is numbered and stored with the state
 * it leads to, and every start is counted before it happens. `test/server/job-queue.contract.ts` says it in tests; a queue
 * for many machines passes the same ones.
 */
import type { Workflow } from '#workflows/format.ts'
import type {
  BranchPoint,
  EngineEvent,
  JobEvent,
  JobPage,
  JobState,
  JobSummary,
  LifecycleEvent,
  QueueView,
} from '#workflows/protocol.ts'

/** What is to be run: all that a runner must know, and nothing that changes. */
export interface JobRequest {
  readonly workflow: Workflow
  readonly targets?: readonly string[]
  readonly branch?: BranchPoint
}

export interface NewJob {
  readonly job: string
  readonly request: JobRequest
  readonly priority: number
  /** Chosen by whoever hands it in: the same key again is the same job. */
  readonly key?: string
}

export type Added =
  | { readonly kind: 'added' }
  /** The key was used before, for the same request. */
  | { readonly kind: 'known'; readonly job: string }
  /** The key was used before, for another request. */
  | { readonly kind: 'other-request' }
  | { readonly kind: 'full' }

export interface ClaimedJob {
  readonly job: string
  readonly request: JobRequest
}

export type EndEvent = Extract<LifecycleEvent, { kind: 'finished' | 'failed' | 'cancelled' }>

export interface HistoryFilter {
  readonly states?: readonly JobState[]
  /** `next` of the page before. */
  readonly before?: string
  readonly limit: number
}

export interface QueueListener {
  /** It is stored. Of one job they come in order, without gaps. */
  event(event: JobEvent): void
  /** Something waits, runs or pauses that did not before, or the other way round. */
  changed(): void
}

export interface JobQueue {
  /** Takes a job in; when it resolves with `added`, the job outlives the process. */
  add(job: NewJob): Promise<Added>
  /** The next job, which then runs, its start counted; null when none waits or the queue is paused. */
  claim(): Promise<ClaimedJob | null>
  /**
   * Numbers an event of a running job and stores it with the state it leads to. Nothing follows an end: what comes later is
   * dropped. Never fails: what cannot be stored yet is stored first as soon as it can.
   */
  append(job: string, event: EngineEvent | EndEvent): void
  /**
   * What ran the job is gone: it waits again, in its old place. Once only when the start counts: the second such end is the
   * job's own, `failed` with the code `crashed`.
   */
  giveBack(job: string, options: { readonly because: string; readonly counts: boolean }): void
  /** How many events are not stored yet. */
  readonly backlog: number

  get(job: string): Promise<JobSummary | null>
  request(job: string): Promise<JobRequest | null>
  /** The events after `lastSeq`, in order; null when the job is not known (any more). */
  events(job: string, lastSeq: number): Promise<readonly JobEvent[] | null>
  /** Newest first. */
  list(filter: HistoryFilter): Promise<JobPage>
  view(): Promise<QueueView>

  /** Takes a waiting job out. `running`: whoever runs it must stop it; if that dies first, it is cancelled all the same. */
  cancel(job: string): Promise<'cancelled' | 'running' | 'ended' | 'unknown'>
  /** Takes out every job that waits; their ids. */
  cancelWaiting(): Promise<readonly string[]>
  prioritise(job: string, priority: number): Promise<'moved' | 'not-waiting' | 'unknown'>
  /** While paused nothing is claimed; what runs goes on. Outlives the process. */
  setPaused(paused: boolean): Promise<void>

  /** Gives back every job that the last process left running. Once, before the first claim. */
  recover(): Promise<void>
  /** @throws when it cannot store anything: it tries. */
  check(): Promise<void>
  subscribe(listener: QueueListener): () => void
  close(): Promise<void>
}
