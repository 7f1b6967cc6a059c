/** What goes into a run of a workflow, and what comes out. */
import type { Model } from '#inference/model.ts'
import type { AnyNode } from '#nodes/node.ts'
import type { Image, ModelRef } from '#nodes/values.ts'
import type { Workflow } from '#workflows/format.ts'
import type { EngineEvent } from '#workflows/protocol.ts'
import type { ResultCache } from './cache.ts'
import type { NodeError } from './node-error.ts'

/** Every node this engine can run, by type. */
export type Registry = ReadonlyMap<string, AnyNode>

/** What a node may ask of the process around the engine, through its run context. */
export interface Services {
  findModel(id: string, hash?: string): Promise<ModelRef>
  model(ref: ModelRef): Promise<Model>
  loadPicture(id: string): Promise<Image>
  savePicture(image: Image, options: SaveOptions): Promise<StoredPicture>
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
export interface PreviewPlace {
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
  readonly signal?: { readonly aborted: boolean }
  /** Ids of the nodes to run, with all that they need. Default: the nodes with a side effect, or every last node. */
  readonly targets?: readonly string[]
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
  readonly error?: NodeError
  /** For a skipped node: the node whose failure it waited for. */
  readonly because?: string
}

export interface RunOutput extends StoredPicture {
  readonly node: string
  readonly saved: boolean
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
