/** What the server and a runner say to one another, in both directions. Plain data: it crosses a process boundary. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import type { StepPlace } from '../steps/step-store.ts'
import type { BranchPoint, EngineEvent, FailureCode, ModelInfo, PreviewHeader } from '#workflows/protocol.ts'

/** What a runner needs to know before its first job. Never reachable by a client. */
export interface RunnerOptions {
  /** Folder with pictures and what else outlives the process. */
  readonly dataDir: string
  /** Folders whose subfolders are models. */
  readonly modelDirs: readonly string[]
  /** `auto`, or the name of a device. */
  readonly device: string
  /** Folder the nodes are read from. */
  readonly nodesDir: string
  /** Room for results of nodes, where it is not that of `limits.ts`. */
  readonly cacheBytes?: number
  /** Memory that it may take for itself, where it is not that of `limits.ts`. */
  readonly memoryBytes?: number
}

/** What a runner can do on this machine. */
export interface RunnerFacts {
  readonly catalogue: Catalogue
  readonly models: readonly ModelInfo[]
}

export interface RunnerJob {
  readonly job: string
  readonly workflow: Workflow
  readonly targets?: readonly string[]
  readonly branch?: BranchPoint
}

export type Outcome =
  | { readonly kind: 'finished'; readonly ms: number }
  | { readonly kind: 'failed'; readonly message: string; readonly code: FailureCode }
  | { readonly kind: 'cancelled' }
  /** The runner itself ended while the job ran; the message says how. */
  | { readonly kind: 'crashed'; readonly message: string }

export type ToRunner =
  | { readonly kind: 'open'; readonly options: RunnerOptions }
  /** Look again at what is on this machine; answered by `facts`. */
  | { readonly kind: 'describe' }
  | { readonly kind: 'run'; readonly job: RunnerJob; readonly watched: boolean }
  /** Stop at the next step. */
  | { readonly kind: 'cancel'; readonly job: string }
  /** Whether somebody looks at the job: if nobody does, no preview is drawn. */
  | { readonly kind: 'watched'; readonly job: string; readonly watched: boolean }
  /** Draw a kept step, as soon as the job under way lets it; answered by `drawn`. */
  | { readonly kind: 'draw'; readonly request: number; readonly place: StepPlace }

export type FromRunner =
  | { readonly kind: 'facts'; readonly facts: RunnerFacts }
  /** The runner cannot work at all: nodes that do not register, a device that is not there. It ends after this. */
  | { readonly kind: 'unusable'; readonly message: string }
  /** The code of a node begins; `call` is a number of its own. */
  | { readonly kind: 'call'; readonly call: number; readonly node: string }
  | { readonly kind: 'returned'; readonly call: number }
  | { readonly kind: 'event'; readonly job: string; readonly event: EngineEvent }
  | { readonly kind: 'preview'; readonly header: PreviewHeader; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly job: string; readonly outcome: Outcome }
  | { readonly kind: 'drawn'; readonly request: number; readonly drawn: Drawn }

/** A kept step as a PNG, null when it is not kept (any more), or why it cannot be drawn. */
export type Drawn = { readonly png: Uint8Array | null } | { readonly fault: string }

/** Where a runner reports. `ended` comes exactly once for every job that was handed over. */
export interface RunnerListener {
  event(job: string, event: EngineEvent): void
  preview(header: PreviewHeader, bytes: Uint8Array): void
  ended(job: string, outcome: Outcome): void
  /** The runner waits for a job. */
  idle(): void
}

/** Does one job at a time, wherever it does it. */
export interface Runner {
  /** What it could do when it was last asked; known once it has started. */
  readonly facts: RunnerFacts
  readonly isIdle: boolean
  /**
   * Resolves when it can work.
   *
   * @throws Error with the runner's own words when it cannot work on this machine.
   */
  start(): Promise<RunnerFacts>
  /** What it can do, asked anew; a busy one cannot answer, then the last answer holds. */
  describe(): Promise<RunnerFacts>
  /** Hands a job over. Only to be called while the runner is idle. */
  run(job: RunnerJob, watched: boolean): void
  /** Asks the running job to stop at its next step, and sees to it that it stops. */
  cancel(job: string): void
  /** Whether somebody looks at the job: if nobody does, no preview is drawn. */
  setWatched(job: string, watched: boolean): void
  /** @throws BusyError when it cannot be drawn soon. */
  drawStep(place: StepPlace): Promise<Drawn>
  close(): Promise<void>
}
