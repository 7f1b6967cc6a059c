/** What goes into a run of a workflow, and what comes out. */
import type { Model } from '#inference/model.ts'
import type { AnyNode, FindModel } from '#nodes/node.ts'
import type { Image, ModelRef } from '#nodes/values.ts'
import type { Workflow } from '#workflows/format.ts'
import type { EngineEvent, RunPlace, RunReason } from '#workflows/protocol.ts'
import type { ResultCache } from './cache.ts'
import type { NodeError } from './node-error.ts'

/** Every node this engine can run, by type. */
export type Registry = ReadonlyMap<string, AnyNode>

/** What a node may ask of the process around the engine, through its run context. */
export interface Services {
  findModel(id: string, options?: FindModel): Promise<ModelRef>
  model(ref: ModelRef): Promise<Model>
  loadPicture(id: string): Promise<Image>
  savePicture(image: Image, options: SaveOptions): Promise<StoredPicture>
  /**
   * Takes what an iteration of a loop carried on, to be looked at or branched from later. Called once per iteration,
   * from the cache or not, before its `step` event; the run waits for what it returns.
   */
  keepStep?(step: CarriedStep): void | Promise<void>
}

/** The end of one iteration of a loop. Values are the engine's own: never to be changed, only read or copied. */
export interface CarriedStep extends RunPlace {
  /** The loop's start. */
  readonly node: string
  /** 0-based. */
  readonly index: number
  readonly total: number
  /** Gate strength in this iteration; null where there is no grounding. */
  readonly beta: number | null
  /** What the next iteration starts from, by name: plain data, typed arrays and bigints. */
  readonly carried: Readonly<Record<string, unknown>>
  /** What every node of the body gave in this iteration, by node and output; `denoised` is one of them. */
  readonly body: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Begins a loop in its middle. */
export interface Branch {
  /** The loop's start. */
  readonly node: string
  /** The first iteration that runs, from 1: those before it are left out. */
  readonly step: number
  /**
   * What iteration `step` starts from: `carried` of the kept step `step − 1`, by item of the lists that the loop is run over;
   * of a loop that is run once there is one.
   */
  readonly carried: readonly Readonly<Record<string, unknown>>[]
}

export interface SaveOptions {
  /** Whether the picture is to be kept, or only shown. */
  readonly saved: boolean
  readonly name?: string
  readonly node: string
  readonly workflow: Workflow
}

export interface StoredPicture {
  /** SHA-256 of the file. */
  readonly picture: string
  readonly width: number
  readonly height: number
}

/** Where a preview belongs. */
export interface PreviewPlace extends RunPlace {
  readonly node: string
  /** 0-based; null outside a loop. */
  readonly step: number | null
  readonly total: number | null
  /** Gate strength at that step; null where there is no grounding. */
  readonly beta: number | null
}

export interface ExecuteOptions {
  readonly workflow: Workflow
  readonly registry: Registry
  /** Kept across runs; it is what makes the second run short. */
  readonly cache: ResultCache
  readonly services: Services
  readonly emit: (event: EngineEvent) => void
  /** Left out when nobody looks: previews are then not drawn. The run waits for what it returns. */
  readonly emitPreview?: ((place: PreviewPlace, image: Image) => void | Promise<void>) | undefined
  /** Told of every preview that could not be drawn or sent; the run goes on without it. */
  readonly onLostPreview?: (node: string, error: unknown) => void
  readonly signal?: { readonly aborted: boolean }
  /** Ids of the nodes to run, with all that they need. Default: the nodes with a side effect, or every last node. */
  readonly targets?: readonly string[]
  readonly branch?: Branch
  /** Told of every call of a node's code when it begins; what it returns is told when the call has ended. */
  readonly onCall?: ((node: string) => () => void) | undefined
  /** Looks after every node whether it changed what it received, at the price of hashing all of it again. */
  readonly checkMutation?: boolean
  /** Milliseconds of a steady clock. Default `performance.now`. */
  readonly now?: () => number
}

export interface NodeReport {
  readonly state: 'finished' | 'failed' | 'skipped' | 'cancelled'
  /** Whether nothing ran: all that it gave came from the cache. */
  readonly cached: boolean
  /** Time in the node's own code, all its runs together. */
  readonly ms: number
  /** How often its code ran: once, or up to once per iteration inside a loop. */
  readonly runs: number
  /** How often its result came from the cache instead. */
  readonly cachedRuns: number
  /** Why it ran, such as `text changed`. */
  readonly why: string
  readonly reasons: readonly RunReason[]
  readonly error?: NodeError
  /** For a skipped node: the node whose failure it waited for. */
  readonly because?: string
}

export interface RunOutput extends StoredPicture, RunPlace {
  readonly node: string
  readonly saved: boolean
  /** The labelled grid that a sweep ends with. */
  readonly grid?: true
}

export interface RunResult {
  /** Whether every node of the run finished. */
  readonly ok: boolean
  readonly cancelled: boolean
  /** What failed, in order; empty when nothing did. */
  readonly errors: readonly NodeError[]
  /** Every node that was reached, by id. */
  readonly nodes: ReadonlyMap<string, NodeReport>
  /** Pictures, in the order in which they were made. */
  readonly outputs: readonly RunOutput[]
  /** What nodes showed last, by node id. */
  readonly values: ReadonlyMap<string, string>
}
