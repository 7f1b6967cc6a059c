/** One run of a workflow under way: the values it has so far, what failed, and one way to run a node. */
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { AnyNode } from '#nodes/node.ts'
import type { Loop } from '#workflows/loops.ts'
import type { Plan } from '#workflows/plan.ts'
import type { EngineEvent, RunReason } from '#workflows/protocol.ts'
import { countItems, gatherEager, gatherLazy, neededLazily, type Values } from './arrivals.ts'
import type { Outputs, Trace } from './cache.ts'
import { Dependence } from './dependence.ts'
import type { ExecuteOptions, RunOutput, RunResult } from './engine.ts'
import { carriedStep } from './kept-step.ts'
import { digestAnew, digestOf, keyOf } from './keys.ts'
import { NodeError } from './node-error.ts'
import { checkOutputs } from './outputs.ts'
import { once, type Place, type Turn } from './place.ts'
import { prepare, type PreparedNode } from './prepare.ts'
import { PreviewPace } from './preview-pace.ts'
import { openContext } from './run-context.ts'
import type { SweepCell } from './sweep-cell.ts'
import { Tally } from './tally.ts'
import { whyRan } from './why.ts'

const nothing: ReadonlySet<string> = new Set()

/** A loop that begins at a later step than its first. */
export interface BranchedLoop {
  readonly step: number
  readonly carried: Outputs
}

/** A message that arrives meanwhile waits about this long at most, beside the time of one node. */
const breathMs = 5

export class Run {
  readonly options: ExecuteOptions
  readonly tally: Tally
  readonly dependence: Dependence
  readonly #plan: Plan
  readonly #cell: SweepCell | null
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

  /** @param cell of a sweep; null for a plain run. */
  constructor(options: ExecuteOptions, plan: Plan, cell: SweepCell | null) {
    this.options = options
    this.dependence = new Dependence(plan, options.registry)
    this.#plan = plan
    this.#cell = cell
    this.#now = options.now ?? (() => performance.now())
    this.#pace = new PreviewPace(this.#now)
    this.#breath = this.#now()
    this.tally = new Tally((event) => this.emit(event.node, event))
  }

  get isCancelled(): boolean {
    return this.options.signal?.aborted ?? false
  }

  /** Reports an event of a node; in a sweep it is said of which cell, unless all cells share the node. */
  emit(node: string, event: EngineEvent): void {
    this.options.emit(this.#placed(node, event))
  }

  #placed<T extends object>(node: string, what: T): T {
    return this.#cell && !this.#cell.isShared(node) ? { ...what, cell: this.#cell.cell } : what
  }

  /** Whether every value that the file gives these nodes is allowed; those of which one is not have failed. */
  checkValues(ids: readonly string[]): boolean {
    for (const id of ids)
      try {
        this.#prepare(id)
      } catch (cause) {
        this.fail(id, once, {}, cause)
      }
    return this.#errors.length === 0
  }

  /**
   * Runs a node, or takes its result from the cache. A failure is noted, never thrown.
   *
   * @param given values that arrive in place of what the links bring.
   */
  async runNode(id: string, place: Place, given: Outputs = {}): Promise<void> {
    await this.#breathe()
    if (this.isCancelled || this.skipIfBroken(id)) return
    const values: Values = {}
    try {
      const prepared = this.#prepare(id)
      const arriving = { prepared, place, given, outputsOf: this.#outputsOf }
      gatherEager(arriving, values)
      if (prepared.isLazy) {
        const names = neededLazily(prepared, values)
        if (this.#skipIfBrokenAt(id, names)) return
        gatherLazy(arriving, names, values)
      }
      const outputs = await this.#resultOf(id, prepared.node, place, values)
      this.#values.set(id, outputs)
    } catch (cause) {
      // What a node throws once it was told to stop is its way of stopping.
      if (!this.isCancelled) this.fail(id, place, values, cause)
    }
  }

  /** The nodes that have to run before this one can, and have not. */
  missing(id: string, iteration: Place | null): string[] {
    const links = this.#plan.links.get(id) ?? []
    const isOpen = (from: string) => !this.#values.has(from) && !this.#broken.has(from)
    const open = links.filter(({ input, from }) => isOpen(from) && !this.dependence.isLazy(id, input))
    if (open.length > 0 || !this.dependence.hasLazy(id)) return open.map(({ from }) => from)
    const names = this.#neededAnywhere(id, iteration ?? once)
    return links.filter(({ input, from }) => names.has(input) && isOpen(from)).map(({ from }) => from)
  }

  /** What a node asks for, over all items that it runs for; nothing where it cannot be asked, which it then tells. */
  #neededAnywhere(id: string, place: Place): ReadonlySet<string> {
    try {
      const prepared = this.#prepare(id)
      const isMapped = this.#plan.mapped.has(id)
      const total = isMapped ? countItems([prepared], this.#outputsOf, nothing) : 1
      const names = Array.from({ length: total }, (_, index) => {
        const values: Values = {}
        const at = isMapped ? { ...place, item: { index, total } } : place
        gatherEager({ prepared, place: at, outputsOf: this.#outputsOf }, values)
        return neededLazily(prepared, values)
      })
      return new Set(names.flat())
    } catch {
      return new Set()
    }
  }

  /** Whether something that the node needs has failed; it is then reported as skipped. */
  skipIfBroken(id: string): boolean {
    const links = this.#plan.links.get(id)
    const culprit = links?.find(
      ({ from, input }) => this.#broken.has(from) && !this.dependence.isLazy(id, input),
    )
    return culprit ? this.#skip(id, culprit.from) : this.#broken.has(id)
  }

  #skipIfBrokenAt(id: string, names: readonly string[]): boolean {
    const links = this.#plan.links.get(id)
    const culprit = links?.find(({ from, input }) => this.#broken.has(from) && names.includes(input))
    return culprit ? this.#skip(id, culprit.from) : false
  }

  #skip(id: string, from: string): true {
    const because = this.#broken.get(from) ?? from
    this.#broken.set(id, because)
    this.tally.skip(id, because)
    return true
  }

  outputsOf(id: string): Outputs | null {
    return this.#values.get(id) ?? null
  }

  readonly #outputsOf = (id: string) => this.#values.get(id)

  /** Replaces a node's outputs: those of a loop's start differ per iteration. */
  setOutputs(id: string, outputs: Outputs): void {
    this.#values.set(id, outputs)
  }

  /** Lets go of what these nodes gave. */
  release(ids: readonly string[]): void {
    for (const id of ids) this.#values.delete(id)
  }

  /** What arrives at one input of a node. */
  valueAt(id: string, input: string, { item }: Place): unknown {
    const link = this.#plan.links.get(id)?.find((other) => other.input === input)
    const value = link && this.#values.get(link.from)?.[link.output]
    return link && this.#plan.lists.has(link) ? (value as readonly unknown[])[item?.index ?? 0] : value
  }

  /** How many items arrive at a unit of these nodes; null and a failure where that cannot be said. */
  countItems(members: readonly string[]): number | null {
    try {
      const prepared = members.map((id) => this.#prepare(id))
      // Inside a loop no lazy input takes a list, so only a node by itself has to be asked.
      const [id = ''] = members.length === 1 ? members : []
      const asked = this.dependence.hasLazy(id) ? this.#neededAnywhere(id, once) : nothing
      return countItems(prepared, this.#outputsOf, asked)
    } catch (cause) {
      this.fail(members[0] ?? '', once, {}, cause)
      for (const id of members) this.skipIfBroken(id)
      return null
    }
  }

  /** Whether a unit, by its node or its loop's start, runs once per item of a list. */
  isMapped(unit: string): boolean {
    return this.#plan.mapped.has(unit)
  }

  /** Whether a node mostly waits for a disk or a network. */
  waits(id: string): boolean {
    return this.#definition(id).waits ?? false
  }

  /** What a node gave per item, as one list per output. */
  listsOf(id: string, gave: readonly Outputs[]): Outputs {
    const names = Object.keys(this.#definition(id).outputs)
    return Object.fromEntries(names.map((name) => [name, gave.map((outputs) => outputs[name])]))
  }

  /** Where and with what the branch begins this loop in its middle; null and a failure of the start where it cannot. */
  branchInto(loop: Loop, total: number, item: Turn | null): BranchedLoop | null {
    const { branch } = this.options
    if (branch?.node !== loop.start) return null
    const { step } = branch
    const carried = branch.carried[item?.index ?? 0] ?? {}
    const absent = loop.carried.filter((name) => !(name in carried))
    if (step >= 0 && step < total && absent.length === 0) return { step, carried }
    const reason =
      step < 0 || step >= total
        ? `step ${step + 1} does not exist, it has ${total} now`
        : `step ${step + 1} was kept without ${absent.join(' and ')}`
    const error = new RangeError(`Cannot branch: ${reason}, choose another step`)
    this.fail(loop.start, { iteration: null, item }, {}, error)
    return null
  }

  /** Hands out what an iteration carried on, where somebody keeps it. */
  async keepStep(loop: Loop, carried: Outputs, place: Place): Promise<void> {
    const { services } = this.options
    if (!services.keepStep) return
    const step = carriedStep(loop, carried, place, this.#plan, this.#definition, this.#outputsOf)
    await services.keepStep(this.#placed(loop.start, step))
  }

  /** Keeps what all cells of a sweep share. */
  share(unit: string, giver: string): void {
    this.#cell?.keep(unit, giver, this.#values.get(giver), this.#broken.get(giver))
  }

  /** Takes what an earlier cell of the sweep has left for this one. */
  take(giver: string, outputs: Outputs | undefined, because: string | undefined): void {
    if (outputs) this.#values.set(giver, outputs)
    if (because !== undefined) this.#broken.set(giver, because)
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

  async #resultOf(id: string, node: AnyNode, place: Place, values: Values): Promise<Outputs> {
    const parts = new Map(Object.entries(values).map(([name, value]) => [name, digestOf(value).hash]))
    const { cache } = this.options
    const before = cache.visit(this.#visit(id, node.type, place), parts)
    const always = node.sideEffect ? 'side-effect' : node.volatile ? 'volatile' : null
    if (always) return (await this.#call(id, node, values, [{ kind: always }], place)).outputs
    const key = keyOf(node.type, node.version, parts)
    const kept = cache.get(key)
    if (kept) {
      this.tally.hit(id)
      for (const trace of kept.traces) await this.#show(id, place, trace)
      return kept.outputs
    }
    const { outputs, traces } = await this.#call(id, node, values, whyRan(before, parts), place)
    cache.set(key, { outputs, traces }, bytesOf(outputs, traces))
    return outputs
  }

  #visit(id: string, type: string, { iteration, item }: Place): string {
    const cell = this.#cell && !this.#cell.isShared(id) ? this.#cell.cell.join() : ''
    return `${id} ${type} ${iteration?.index ?? 0} ${item?.index ?? ''} ${cell}`
  }

  async #call(id: string, node: AnyNode, values: Values, reasons: readonly RunReason[], place: Place) {
    const show = (trace: Trace) => this.#show(id, place, trace)
    const { context, settle } = openContext({
      node: id,
      options: this.options,
      pace: this.#pace,
      now: this.#now,
      show,
    })
    this.tally.begin(id, reasons, place.iteration?.index ?? 0)
    const ended = this.options.onCall?.(id)
    const begin = this.#now()
    try {
      const given = await node.run({ ...values }, context)
      const traces = await settle()
      if (this.options.checkMutation) checkUnchanged(values)
      return { outputs: checkOutputs(node, given), traces }
    } finally {
      this.tally.spend(id, this.#now() - begin)
      ended?.()
    }
  }

  #show(node: string, { item }: Place, trace: Trace): void | Promise<void> {
    const at = this.#placed(node, { node, ...(item && { item }) })
    if (trace.kind === 'preview') return this.options.emitPreview?.({ ...at, ...trace.place }, trace.image)
    if (trace.kind === 'value') {
      this.#shown.set(node, trace.text)
      return this.options.emit({ kind: 'value', ...at, text: trace.text })
    }
    this.#outputs.push({ ...at, ...trace.output })
    return this.options.emit({ kind: 'output', ...at, ...trace.output })
  }

  #prepare(id: string): PreparedNode {
    const known = this.#prepared.get(id)
    if (known) return known
    const { nodes, links, lists } = this.#plan
    const prepared = prepare(this.#definition(id), nodes.get(id) ?? { type: '' }, links.get(id) ?? [], lists)
    this.#prepared.set(id, prepared)
    return prepared
  }

  readonly #definition = (id: string): AnyNode => {
    const type = this.#plan.nodes.get(id)?.type ?? ''
    const node = this.options.registry.get(type)
    if (!node) throw new TypeError(`Cannot run node '${id}': there is no node type '${type}'`)
    return node
  }

  fail(id: string, place: Place, inputs: Values, cause: unknown): void {
    const { title } = this.#definition(id)
    const cell = this.#cell && !this.#cell.isShared(id) ? this.#cell.words : null
    const error = new NodeError({ node: id, title, place, cell, inputs }, cause)
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
