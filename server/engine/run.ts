/** One run of a workflow under way: the values it has so far, what failed, and one way to run a node. */
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { AnyNode } from '#nodes/node.ts'
import type { Plan } from '#workflows/plan.ts'
import type { RunReason } from '#workflows/protocol.ts'
import type { Outputs, Trace } from './cache.ts'
import type { ExecuteOptions, RunOutput, RunResult } from './engine.ts'
import { digestAnew, digestOf, keyOf } from './keys.ts'
import { NodeError } from './node-error.ts'
import { checkOutputs } from './outputs.ts'
import { checkParam, prepare, type PreparedNode } from './prepare.ts'
import { PreviewPace } from './preview-pace.ts'
import { openContext } from './run-context.ts'
import { Tally } from './tally.ts'
import { whyRan } from './why.ts'

/** 0-based, of a loop. */
export interface Iteration {
  readonly index: number
  readonly total: number
}

type Values = Record<string, unknown>

/** A message that arrives meanwhile waits about this long at most, beside the time of one node. */
const breathMs = 5

export class Run {
  readonly options: ExecuteOptions
  readonly tally: Tally
  readonly #plan: Plan
  readonly #now: () => number
  readonly #pace: PreviewPace
  readonly #prepared = new Map<string, PreparedNode>()
  readonly #values = new Map<string, Outputs>()
  /** Nodes without a result, each with the node whose failure is to blame. */
  readonly #broken = new Map<string, string>()
  readonly #errors: NodeError[] = []
  readonly #outputs: RunOutput[] = []
  readonly #shown = new Map<string, string>()
  #breath: number

  constructor(options: ExecuteOptions, plan: Plan) {
    this.options = options
    this.#plan = plan
    this.#now = options.now ?? (() => performance.now())
    this.#pace = new PreviewPace(this.#now)
    this.#breath = this.#now()
    this.tally = new Tally(options.emit)
  }

  get isCancelled(): boolean {
    return this.options.signal?.aborted ?? false
  }

  /** Whether every value that the file gives these nodes is allowed; those of which one is not have failed. */
  checkValues(ids: readonly string[]): boolean {
    for (const id of ids)
      try {
        this.#prepare(id)
      } catch (cause) {
        this.#fail(id, null, {}, cause)
      }
    return this.#errors.length === 0
  }

  /**
   * Runs a node, or takes its result from the cache. A failure is noted, never thrown.
   *
   * @param given values that arrive in place of what the links bring.
   */
  async runNode(id: string, iteration: Iteration | null, given: Outputs = {}): Promise<void> {
    await this.#breathe()
    if (this.isCancelled || this.skipIfBroken(id)) return
    const values: Values = {}
    try {
      this.#values.set(id, await this.#resultOf(id, iteration, given, values))
    } catch (cause) {
      // What a node throws once it was told to stop is its way of stopping.
      if (!this.isCancelled) this.#fail(id, iteration, values, cause)
    }
  }

  /** Whether something that the node needs has failed; it is then reported as skipped. */
  skipIfBroken(id: string): boolean {
    const culprit = this.#plan.links.get(id)?.find(({ from }) => this.#broken.has(from))
    if (!culprit) return this.#broken.has(id)
    const because = this.#broken.get(culprit.from) ?? culprit.from
    this.#broken.set(id, because)
    this.tally.skip(id, because)
    return true
  }

  outputsOf(id: string): Outputs | null {
    return this.#values.get(id) ?? null
  }

  /** Replaces a node's outputs: those of a loop's start differ per iteration. */
  setOutputs(id: string, outputs: Outputs): void {
    this.#values.set(id, outputs)
  }

  /** What arrives at one input of a node. */
  valueAt(id: string, input: string): unknown {
    const link = this.#plan.links.get(id)?.find((other) => other.input === input)
    return link && this.#values.get(link.from)?.[link.output]
  }

  result(): RunResult {
    if (this.isCancelled) this.tally.cancel()
    return {
      ok: !this.isCancelled && this.#errors.length === 0,
      cancelled: this.isCancelled,
      errors: this.#errors,
      nodes: this.tally.reports,
      outputs: this.#outputs,
      values: this.#shown,
    }
  }

  /** Fills `values` as far as it gets, so that a failure can tell what there was. */
  async #resultOf(id: string, iteration: Iteration | null, given: Outputs, values: Values): Promise<Outputs> {
    const prepared = this.#prepare(id)
    const { node } = prepared
    this.#gather(prepared, given, values)
    const parts = new Map(Object.entries(values).map(([name, value]) => [name, digestOf(value).hash]))
    const { cache } = this.options
    const before = cache.visit({ node: id, type: node.type, iteration: iteration?.index ?? 0 }, parts)
    if (node.sideEffect)
      return this.#call(id, node, values, [{ kind: 'side-effect' }], iteration).then(({ outputs }) => outputs)
    const key = keyOf(node.type, node.version, parts)
    const kept = cache.get(key)
    if (kept) {
      this.tally.hit(id)
      for (const trace of kept.traces) await this.#show(id, trace)
      return kept.outputs
    }
    const { outputs, traces } = await this.#call(id, node, values, whyRan(before, parts), iteration)
    cache.set(key, { outputs, traces }, bytesOf(outputs, traces))
    return outputs
  }

  #gather({ slots }: PreparedNode, given: Outputs, values: Values): void {
    for (const { name, link, schema, value, isRequired } of slots) {
      const arrived = link ? (given[name] ?? this.#values.get(link.from)?.[link.output]) : undefined
      if (link && schema) values[name] = checkParam(name, schema, arrived)
      else if (schema) values[name] = value
      else if (arrived !== undefined) values[name] = arrived
      else if (isRequired) throw new TypeError(`nothing arrives at its input '${name}'`)
    }
  }

  async #call(
    id: string,
    node: AnyNode,
    values: Values,
    reasons: readonly RunReason[],
    iteration: Iteration | null,
  ) {
    const show = (trace: Trace) => this.#show(id, trace)
    const { context, settle } = openContext({
      node: id,
      options: this.options,
      pace: this.#pace,
      now: this.#now,
      show,
    })
    this.tally.begin(id, reasons, iteration?.index ?? 0)
    const begin = this.#now()
    try {
      const given = await node.run({ ...values }, context)
      const traces = await settle()
      if (this.options.checkMutation) checkUnchanged(values)
      return { outputs: checkOutputs(node, given), traces }
    } finally {
      this.tally.spend(id, this.#now() - begin)
    }
  }

  #show(node: string, trace: Trace): void | Promise<void> {
    const { emit, emitPreview } = this.options
    if (trace.kind === 'preview') return emitPreview?.({ node, ...trace.place }, trace.image)
    if (trace.kind === 'value') {
      this.#shown.set(node, trace.text)
      return emit({ kind: 'value', node, text: trace.text })
    }
    this.#outputs.push({ node, ...trace.output })
    return emit({ kind: 'output', node, ...trace.output })
  }

  #prepare(id: string): PreparedNode {
    const known = this.#prepared.get(id)
    if (known) return known
    const prepared = prepare(
      this.#definition(id),
      this.#plan.nodes.get(id) ?? { type: '' },
      this.#plan.links.get(id) ?? [],
    )
    this.#prepared.set(id, prepared)
    return prepared
  }

  #definition(id: string): AnyNode {
    const type = this.#plan.nodes.get(id)?.type ?? ''
    const node = this.options.registry.get(type)
    if (!node) throw new TypeError(`Cannot run node '${id}': there is no node type '${type}'`)
    return node
  }

  #fail(id: string, iteration: Iteration | null, inputs: Values, cause: unknown): void {
    const error = new NodeError({ node: id, title: this.#definition(id).title, iteration, inputs }, cause)
    this.#broken.set(id, id)
    this.#errors.push(error)
    this.tally.fail(id, error)
  }

  async #breathe(): Promise<void> {
    if (this.#now() - this.#breath < breathMs) return
    await setImmediate()
    this.#breath = this.#now()
  }
}

/** What an entry weighs in the cache: the outputs, the pictures shown beside them, and the entry itself. */
function bytesOf(outputs: Outputs, traces: readonly Trace[]): number {
  const kept = [...Object.values(outputs), ...traces]
  return kept.reduce((sum: number, value) => sum + digestOf(value).bytes, 500)
}

/** @throws TypeError naming the values that are no longer what they were when they arrived. */
function checkUnchanged(values: Values): void {
  const changed = Object.keys(values).filter(
    (name) => digestAnew(values[name]).hash !== digestOf(values[name]).hash,
  )
  if (changed.length > 0)
    throw new TypeError(`it changed ${changed.join(', ')}, which other nodes share; it must work on a copy`)
}
