/**
 * Every event and request between the editor and the server, in one place. Pure: both sides import it, and each checks
 * what it receives: the server every request and every event of its runner, the editor every event.
 */
import { z } from 'zod'
import { workflowSchema } from './format.ts'
import type { Fault } from './fault.ts'

/** A 64-digit lower-case SHA-256 of an encoded picture: the only name a picture has. */
export const pictureIdPattern = /^[0-9a-f]{64}$/

/** The id of a job: nothing that can be guessed, and the key to the job. */
export const jobId = z.string().min(1).max(64)

const node = z.string()
const milliseconds = z.number().nonnegative()
const pixels = z.int().positive()
const count = z.int().nonnegative()

/** Where a run stands beside the workflow as it is drawn. */
const runPlace = {
  /** In a sweep: 0-based index on each axis, across and down. Missing for what all cells share. */
  cell: z.array(count).readonly().optional(),
  /** For what runs once per item of a list: 0-based, and how many there are. */
  item: z.strictObject({ index: count, total: count }).optional(),
}
export type RunPlace = Plain<z.infer<z.ZodObject<typeof runPlace>>>

/** 1-based step of the loop from which the node ran; missing outside loops, and where it ran from the first step. */
const fromStep = z.int().positive().optional()

/** One reason why a node ran, as data: the editor says it in its language. */
export const runReason = z.discriminatedUnion('kind', [
  /** Nothing had arrived at this place before. */
  z.strictObject({ kind: z.literal('first'), fromStep }),
  /** Another value arrives at the input or parameter `name`. */
  z.strictObject({ kind: z.literal('changed'), name: z.string(), fromStep }),
  /** Nothing changed, but the cache had no room for the result. */
  z.strictObject({ kind: z.literal('not-kept'), fromStep }),
  /** It always runs. */
  z.strictObject({ kind: z.literal('side-effect'), fromStep }),
  /** What it gives depends on the machine, so it looks every time. */
  z.strictObject({ kind: z.literal('volatile'), fromStep }),
])
export type RunReason = Plain<z.infer<typeof runReason>>

/** Why a node failed, for other languages: the English template is the key, `{0}`, `{1}` … stand where the values do. */
export const sentence = z.strictObject({
  template: z.string(),
  values: z.array(z.union([z.string(), z.number(), z.array(z.string()).readonly()])).readonly(),
})
export type Sentence = Readonly<z.infer<typeof sentence>>

/**
 * What the engine reports while a workflow runs. Node is the node's id in the file; one inside a subgraph is
 * `outer/inner`.
 */
export const engineEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('node-started'), node, ...runPlace }),
  /** Every run of the node is over; inside a loop it has one per iteration. Without `runs` all came from the cache. */
  z.strictObject({
    kind: z.literal('node-finished'),
    node,
    runs: count,
    cachedRuns: count,
    ms: milliseconds,
    /** In English; `reasons` says the same as data. Both are empty when it did not run. */
    why: z.string(),
    reasons: z.array(runReason).readonly(),
    ...runPlace,
  }),
  z.strictObject({
    kind: z.literal('node-failed'),
    node,
    /** In English, with what the node was given. */
    message: z.string(),
    sentence: sentence.optional(),
    ...runPlace,
  }),
  /** The node did not run, because `because` failed, on whose result it depends. */
  z.strictObject({ kind: z.literal('node-skipped'), node, because: z.string(), ...runPlace }),
  /** One iteration of the loop that begins at `node` is done; `cached` when nothing in its body ran. */
  z.strictObject({
    kind: z.literal('step'),
    node,
    index: count,
    total: count,
    cached: z.boolean(),
    /** Time left of the whole job as the server expects it; left out when it cannot say. */
    etaMs: milliseconds.optional(),
    ...runPlace,
  }),
  /** A picture that the run made, to be fetched from `/api/pictures/<picture>`. */
  z.strictObject({
    kind: z.literal('output'),
    node,
    picture: z.string().regex(pictureIdPattern),
    width: pixels,
    height: pixels,
    saved: z.boolean(),
    /** Set for the labelled grid that a sweep ends with: it shows all cells. */
    grid: z.literal(true).optional(),
    ...runPlace,
  }),
  /** A plain value that a node shows (number, text). */
  z.strictObject({ kind: z.literal('value'), node, text: z.string(), ...runPlace }),
])
export type EngineEvent = Plain<z.infer<typeof engineEvent>>

export const jobStates = ['queued', 'running', 'finished', 'failed', 'cancelled'] as const
export const jobState = z.enum(jobStates)
export type JobState = z.infer<typeof jobState>

/** Why a job failed, for programs; the message says it to people. */
export const failureCode = z.enum(['nodes', 'crashed', 'took-too-long', 'out-of-memory', 'not-stored'])
export type FailureCode = z.infer<typeof failureCode>

/** What becomes of a job, beside what its engine reports. */
export const lifecycleEvent = z.discriminatedUnion('kind', [
  /** The job waits. Again, with the reason, when what ran it died: then it begins anew. */
  z.strictObject({ kind: z.literal('queued'), because: z.string().optional() }),
  z.strictObject({ kind: z.literal('started') }),
  z.strictObject({ kind: z.literal('finished'), ms: milliseconds }),
  z.strictObject({ kind: z.literal('failed'), message: z.string(), code: failureCode }),
  z.strictObject({ kind: z.literal('cancelled') }),
])
export type LifecycleEvent = Plain<z.infer<typeof lifecycleEvent>>

/** An event of a job. `seq` counts from 1 without gaps, per job, so that a reader knows what it missed. */
export type JobEvent = { readonly job: string; readonly seq: number } & (EngineEvent | LifecycleEvent)

const stamp = { job: jobId, seq: z.int().positive() }
const stamped = (event: z.ZodObject) => event.extend(stamp)
/** The library cannot follow the types through `map`; the two unions above are what is stamped. */
export const jobEvent = z.discriminatedUnion('kind', [
  stamped(engineEvent.options[0]),
  ...engineEvent.options.slice(1).map(stamped),
  ...lifecycleEvent.options.map(stamped),
]) as unknown as z.ZodType<JobEvent>

/** A picture of a step under way. Lossy: newest wins, never stored. The bytes follow the header. */
export const previewHeader = z.strictObject({
  job: jobId,
  node,
  mime: z.enum(['image/png', 'image/jpeg', 'image/webp']),
  width: pixels,
  height: pixels,
  /** 0-based step that the preview shows, and how many there are; null outside a loop. */
  step: count.nullable(),
  total: count.nullable(),
  /** Gate strength at that step; null where there is no grounding. */
  beta: z.number().nullable(),
  ...runPlace,
})
export type PreviewHeader = Readonly<z.infer<typeof previewHeader>>

/** The queue as a whole, in the order in which the jobs will run. Newest wins. */
export const queueView = z.strictObject({
  paused: z.boolean(),
  queued: z.array(jobId).readonly(),
  running: jobId.nullable(),
})
export type QueueView = Readonly<z.infer<typeof queueView>>

/** −100 … 100; higher runs first, 0 is usual. */
export const priority = z.int().min(-100).max(100)

/** A step of an earlier job from which a new one goes on: the loop that begins at `node`, at iteration `step`. */
export const branchPoint = z.strictObject({
  job: jobId,
  node: z.string().max(1000),
  step: count,
  /** Of a sweep: the cell; the first where nothing is said. What runs is no sweep. */
  cell: z.array(count).max(2).readonly().optional(),
})
export type BranchPoint = Readonly<z.infer<typeof branchPoint>>

export const runRequest = z.strictObject({
  workflow: workflowSchema,
  /** Ids of the nodes to run, with all that they need. */
  targets: z.array(z.string().max(1000)).max(1000).optional(),
  priority: priority.optional(),
  branch: branchPoint.optional(),
  /** Chosen by whoever asks, new for every run: asked again with the same key, the answer is the same job. */
  key: z.string().min(1).max(200).optional(),
})
export type RunRequest = z.infer<typeof runRequest>
export type RunReply =
  { readonly ok: true; readonly job: string } | { readonly ok: false; readonly faults: readonly Fault[] }

export const jobRequest = z.strictObject({ job: jobId })
export type JobRequest = z.infer<typeof jobRequest>

export const watchRequest = z.strictObject({ job: jobId, lastSeq: count })
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
  /** Everything after `lastSeq`, then live events of that job, and its last preview while it runs. */
  watch(request: WatchRequest, reply: (reply: WatchReply) => void): void
  validate(request: { workflow: unknown }, reply: (reply: ValidateReply) => void): void
}

export interface ServerToClient {
  event(event: JobEvent): void
  preview(header: PreviewHeader, bytes: Uint8Array): void
  queue(queue: QueueView): void
}

/** A job as the history lists it. Times are milliseconds since 1970 by the server's clock. */
export const jobSummary = z.strictObject({
  job: jobId,
  /** The name of the workflow; '' when it has none. */
  name: z.string(),
  state: jobState,
  priority,
  created: z.int(),
  started: z.int().nullable(),
  ended: z.int().nullable(),
  /** How long it ran, once it has finished. */
  ms: milliseconds.nullable(),
  /** Why it failed, in English; `failure` says as much as it has a code for. */
  message: z.string().nullable(),
  failure: failureCode.nullable(),
  /** Ids of the pictures it made, in order. */
  pictures: z.array(z.string()).readonly(),
  /** How many nodes its workflow has. */
  nodes: count,
})
export type JobSummary = Readonly<z.infer<typeof jobSummary>>

/** `GET /api/jobs`: newest first. */
export const jobPage = z.strictObject({
  jobs: z.array(jobSummary).readonly(),
  /** What to send as `before` for the next page; null on the last. */
  next: z.string().nullable(),
})
export type JobPage = Readonly<z.infer<typeof jobPage>>

/** `GET /api/jobs/:job`. */
export const jobView = jobSummary.extend({ events: z.array(jobEvent).readonly() })
export type JobView = Readonly<z.infer<typeof jobView>>

/** A kept step of a job: iteration `index` of the loop that begins at `node`. */
export const keptStep = z.strictObject({
  node,
  index: count,
  total: count,
  /** Gate strength at that step; null where there is no grounding. */
  beta: z.number().nullable(),
  ...runPlace,
})
export type KeptStep = Plain<z.infer<typeof keptStep>>

const modelKind = z.enum(['text-to-image', 'gated', 'gated-text-image', 'gated-keypoint'])

/** Gated layers that LoadModel can put into a model's UNet. */
export const adapterInfo = z.strictObject({
  name: z.string(),
  title: z.string(),
  kind: modelKind,
  grounds: z.array(z.string()),
  hash: z.string(),
})
export type AdapterInfo = Readonly<z.infer<typeof adapterInfo>>

/** `GET /api/models`. */
export const modelInfo = z.strictObject({
  id: z.string(),
  kind: modelKind,
  hash: z.string(),
  bytes: count,
  /** Side of the picture the model was trained at, in pixels. */
  size: pixels,
  /** Side of a cell of its latents, in pixels of the picture. */
  cell: pixels,
  /** What it can be grounded by, such as `text` or `keypoint`, with the adapter that `auto` chooses. */
  grounds: z.array(z.string()),
  adapters: z.array(adapterInfo),
  /** Whether it brings a detector, which GroundingReport asks. */
  detector: z.boolean(),
})
export type ModelInfo = Readonly<z.infer<typeof modelInfo>>

/** `GET /api/examples`. */
export const exampleInfo = z.strictObject({ name: z.string(), workflow: workflowSchema })
export type ExampleInfo = Readonly<z.infer<typeof exampleInfo>>

/** A workflow that the server keeps, without its content. */
export const storedWorkflow = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Counts from 1, one more with every saving. */
  rev: z.int().positive(),
  /** When this revision was saved, in milliseconds since 1970. */
  saved: z.int(),
})
export type StoredWorkflow = Readonly<z.infer<typeof storedWorkflow>>

/** Every member of a union as it is, read-only. */
type Plain<T> = T extends unknown ? Readonly<T> : never
