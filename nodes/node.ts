/** The contract of a node: ports and parameters declared once, a run function typed by them. */
import type { z } from 'zod'
import type { Model } from '#inference/model.ts'
import type { ListKind } from './list-text.ts'
import type { Measure, Widget } from './node-info.ts'
import type { Image, ModelRef, ValueOf } from './values.ts'
import type { WireType } from './wire-types.ts'

declare module 'zod' {
  interface GlobalMeta {
    /** How the editor edits the value, where the schema does not say it by itself. */
    widget?: Widget
    /** The wire that may feed the parameter, where it does not follow from the schema. */
    wire?: WireType
    step?: number
    /** What the number says of the size of a run; without it the estimate of the cost does not see it. */
    measures?: Measure
    multiline?: boolean
    /** What is said of a text that does not match its pattern: `must be …`. */
    form?: string
    /** The list that is written in a text. */
    holds?: ListKind
    /** The allowed values are only known on this machine. */
    choices?: 'models' | 'adapters'
    /** For boxes: a phrase may be left out. */
    phrases?: 'optional'
    /** A stage of a gate, of which the editor draws the curve. */
    stage?: 'on' | 'decay'
  }
}

export interface InputSpec {
  readonly type: WireType
  readonly optional?: boolean
  /** What feeds it runs only when the node's `needs` names it. */
  readonly lazy?: boolean
  /** Takes a whole list at once; a list that arrives anywhere else has the node run once per item. */
  readonly list?: boolean
  readonly description: string
}

export interface OutputSpec {
  readonly type: WireType
  /** Gives a list; what it feeds runs once per item. */
  readonly list?: boolean
  readonly description: string
}

export type Inputs = Readonly<Record<string, InputSpec>>
export type Outputs = Readonly<Record<string, OutputSpec>>
export type Params = Readonly<Record<string, z.ZodType>>

/** Which of the models that an id may be. */
export interface FindModel {
  /** What its content must be. */
  readonly hash?: string
  /** Name of an adapter; `auto`, the default, is the first one or none, `none` the model alone. */
  readonly adapter?: string
}

/** What a node may ask of the world. The engine hands it over; a node imports nothing that has state. */
export interface RunContext {
  /** Set when the job was cancelled: a long node looks at it between its parts. */
  readonly signal: { readonly aborted: boolean }
  /**
   * Opens a model found on this machine by id. Throws with the ids that exist if there is none, with the adapters that it
   * has when it has not the one asked for, and when `hash` differs.
   */
  findModel(id: string, options?: FindModel): Promise<ModelRef>
  /** The loaded model behind a reference; sessions are opened on first use and kept. */
  model(ref: ModelRef): Promise<Model>
  /** A picture of this machine's store by its id (SHA-256 of its file). */
  loadPicture(id: string): Promise<Image>
  /** Encodes as PNG with the workflow inside, stores it, and reports it as an output of this node. */
  savePicture(image: Image, options: { readonly saved: boolean; readonly name?: string }): Promise<void>
  /** Shows a plain value on the node. */
  showValue(text: string): void
  /** Shows a picture of work in progress. Lossy: `draw` is called only if somebody looks and the last one is old enough. */
  preview(
    draw: () => Promise<Image>,
    at?: { readonly step: number; readonly total: number; readonly beta: number | null },
  ): Promise<void>
}

type PortValue<S extends InputSpec | OutputSpec> = S extends { readonly list: true }
  ? readonly ValueOf<S['type']>[]
  : ValueOf<S['type']>
type InputValue<S extends InputSpec> = S extends { readonly optional: true } | { readonly lazy: true }
  ? PortValue<S> | undefined
  : PortValue<S>
type InputValues<I extends Inputs> = { readonly [K in keyof I]: InputValue<I[K]> }
/** What has arrived when a node is asked which of its lazy inputs it needs. */
type EagerValues<I extends Inputs> = {
  readonly [K in keyof I as I[K] extends { readonly lazy: true } ? never : K]: InputValue<I[K]>
}
type ParamValues<P extends Params> = { readonly [K in keyof P]: z.output<P[K]> }
type OutputValues<O extends Outputs, Each extends string> = {
  readonly [K in keyof O]: K extends Each ? readonly ValueOf<O[K]['type']>[] : PortValue<O[K]>
}

/** Opens a loop: its `run` is called once and returns, for the output named `each`, one value per iteration. */
export interface LoopStart<Each extends string> {
  readonly role: 'start'
  readonly each: Each
}

/** Closes a loop: its `run` is called once, with what the last iteration carried. */
export interface LoopEnd {
  readonly role: 'end'
}

/**
 * One node. Three laws, on which the cache rests: never mutate an input; same inputs, same outputs (random nodes take
 * a seed; one that looks at the machine is volatile); declare side effects.
 */
export interface NodeDefinition<
  I extends Inputs = Inputs,
  O extends Outputs = Outputs,
  P extends Params = Params,
  Each extends string = string,
> {
  /** The path of the file below `nodes/`, checked when it registers. */
  readonly type: string
  /** Raise it whenever the same inputs give other outputs: old results are then not used again. */
  readonly version: number
  readonly title: string
  readonly description: string
  /** What other editors call it: it is found by these words, too. */
  readonly aliases?: readonly string[]
  readonly inputs: I
  readonly outputs: O
  /** Values of the file by name, each with a default; numbers, texts and booleans may also be linked. */
  readonly params: P
  readonly loop?: LoopStart<Each> | LoopEnd
  readonly sideEffect?: boolean
  /** Its answer depends on this machine, which may change between two runs: it runs every time, and no answer is kept. */
  readonly volatile?: boolean
  /** Most of its time it waits for a disk or a network: others run meanwhile. */
  readonly waits?: boolean
  /** Which lazy inputs it needs, given everything else: same values, same answer. To be given where there are any. */
  needs?(values: NoInfer<EagerValues<I> & ParamValues<P>>): readonly NoInfer<Extract<keyof I, string>>[]
  run(
    values: NoInfer<InputValues<I> & ParamValues<P>>,
    context: RunContext,
  ): Promise<NoInfer<OutputValues<O, Each>>> | NoInfer<OutputValues<O, Each>>
}

/** A definition whose ports are not known to the compiler: what the engine and the registry work with. */
export interface AnyNode extends Omit<NodeDefinition, 'run' | 'needs'> {
  needs?(values: Record<string, unknown>): readonly string[]
  run(
    values: Record<string, unknown>,
    context: RunContext,
  ): Promise<Record<string, unknown>> | Record<string, unknown>
}

/** Declares a node. The types of `run` follow from the declaration. */
export function defineNode<
  const I extends Inputs,
  const O extends Outputs,
  const P extends Params,
  const Each extends string = never,
>(definition: NodeDefinition<I, O, P, Each>): AnyNode {
  return definition as unknown as AnyNode
}
