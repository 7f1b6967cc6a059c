/** Every event and request between the editor and the server, in one place. Pure: both sides import it. */
import { z } from 'zod'
import { workflowSchema } from './format.ts'
import type { Fault } from './fault.ts'

/** A 64-digit lower-case SHA-256 of an encoded picture: the only name a picture has. */
export const pictureIdPattern = /^[0-9a-f]{64}$/

/** What the engine reports while a workflow runs. Node is the node's id in the file. */
export type EngineEvent =
  | { readonly kind: 'node-started'; readonly node: string }
  /** Every run of the node is over; inside a loop it has one per iteration. Without `runs` all came from the cache. */
  | {
      readonly kind: 'node-finished'
      readonly node: string
      readonly runs: number
      readonly cachedRuns: number
      readonly ms: number
      readonly why: string
    }
  | { readonly kind: 'node-failed'; readonly node: string; readonly message: string }
  /** The node did not run, because `because` failed, on whose result it depends. */
  | { readonly kind: 'node-skipped'; readonly node: string; readonly because: string }
  /** One iteration of the loop that begins at `node` is done; `cached` when nothing in its body ran. */
  | {
      readonly kind: 'step'
      readonly node: string
      readonly index: number
      readonly total: number
      readonly cached: boolean
    }
  /** A picture that the run made, to be fetched from `/api/pictures/<picture>`. */
  | {
      readonly kind: 'output'
      readonly node: string
      readonly picture: string
      readonly width: number
      readonly height: number
      readonly saved: boolean
    }
  /** A plain value that a node shows (number, text). */
  | { readonly kind: 'value'; readonly node: string; readonly text: string }

export type JobState = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled'

/** What becomes of a job, beside what its engine reports. */
export type LifecycleEvent =
  | { readonly kind: 'queued' }
  | { readonly kind: 'started' }
  | { readonly kind: 'finished'; readonly ms: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' }

/** An event of a job. `seq` counts from 1 without gaps, per job, so that a reader knows what it missed. */
export type JobEvent = { readonly job: string; readonly seq: number } & (EngineEvent | LifecycleEvent)

/** A picture of a step under way. Lossy: newest wins, never stored. The bytes follow the header. */
export interface PreviewHeader {
  readonly job: string
  readonly node: string
  readonly mime: 'image/png' | 'image/jpeg' | 'image/webp'
  readonly width: number
  readonly height: number
  /** 0-based step that the preview shows, and how many there are; null outside a loop. */
  readonly step: number | null
  readonly total: number | null
  /** Gate strength at that step; null where there is no grounding. */
  readonly beta: number | null
}

export const runRequest = z.strictObject({
  workflow: workflowSchema,
  targets: z.array(z.string()).max(1000).optional(),
})
export type RunRequest = z.infer<typeof runRequest>
export type RunReply =
  { readonly ok: true; readonly job: string } | { readonly ok: false; readonly faults: readonly Fault[] }

export const jobRequest = z.strictObject({ job: z.string().max(64) })
export type JobRequest = z.infer<typeof jobRequest>

export const watchRequest = z.strictObject({ job: z.string().max(64), lastSeq: z.int().nonnegative() })
export type WatchRequest = z.infer<typeof watchRequest>
export type WatchReply =
  | { readonly ok: true; readonly state: JobState; readonly events: readonly JobEvent[] }
  | { readonly ok: false; readonly message: string }

export const validateRequest = z.strictObject({ workflow: z.unknown() })
export interface ValidateReply {
  readonly faults: readonly Fault[]
}

export interface ClientToServer {
  run(request: RunRequest, reply: (reply: RunReply) => void): void
  cancel(
    request: JobRequest,
    reply: (reply: { readonly ok: boolean; readonly message?: string }) => void,
  ): void
  /** Everything after `lastSeq`, then live events of that job. */
  watch(request: WatchRequest, reply: (reply: WatchReply) => void): void
  validate(request: { workflow: unknown }, reply: (reply: ValidateReply) => void): void
}

export interface ServerToClient {
  event(event: JobEvent): void
  preview(header: PreviewHeader, bytes: Uint8Array): void
}

/** `GET /api/models`. */
export interface ModelInfo {
  readonly id: string
  readonly kind: 'text-to-image' | 'gated' | 'gated-text-image'
  readonly hash: string
  readonly bytes: number
  /** Side of the picture the model was trained at, in pixels. */
  readonly size: number
}

/** `GET /api/examples`. */
export interface ExampleInfo {
  readonly name: string
  readonly workflow: z.infer<typeof workflowSchema>
}
