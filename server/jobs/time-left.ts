/** How long a job will still take: measured steps of this run, and for what follows the last measured time of its nodes. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { EngineEvent } from '#workflows/protocol.ts'
import type { FlatNodes } from '#workflows/expand.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { cellCount } from '#workflows/sweep.ts'
import type { JobRequest } from './job-queue.ts'

/** What one run of a node of some type takes, in milliseconds: what is learnt is the mean over a job that finished. */
export interface NodeTimes {
  get(type: string): number | null
  learn(times: ReadonlyMap<string, number>): void
}

/** Steps that count: a few, so that a change of pace shows soon. */
const measuredSteps = 8

/**
 * Says nothing before a second step has run, and nothing while another loop is to come, whose length nobody knows. A node that
 * was never measured on this machine counts as nothing.
 */
export class TimeLeft {
  readonly #times: NodeTimes
  readonly #now: () => number
  readonly #nodes: FlatNodes
  readonly #cells: number
  /** Nodes outside loops that have not finished, and loops that have not begun. */
  readonly #waiting: Set<string>
  readonly #loops: Set<string>
  /** By type of node: all runs of all its nodes in this job. */
  readonly #learnt = new Map<string, { readonly runs: number; readonly ms: number }>()
  #loop: string | null = null
  #stepAt: number
  #steps: number[] = []
  #loopsDone = 0
  /** Whether a step of this loop has run: the first one loads networks, and says nothing of those that follow. */
  #isWarm = false

  /** @param now milliseconds of a steady clock. */
  constructor(
    { workflow, targets }: JobRequest,
    catalogue: Catalogue,
    times: NodeTimes,
    now: () => number = () => performance.now(),
  ) {
    const { plan } = planWorkflow(workflow, new Map(Object.entries(catalogue)), targets)
    const units = plan?.units ?? []
    this.#times = times
    this.#now = now
    this.#nodes = plan?.nodes ?? new Map()
    this.#cells = cellCount(workflow.sweep?.axes)
    this.#waiting = new Set(units.flatMap((unit) => (unit.kind === 'node' ? [unit.id] : [unit.end])))
    this.#loops = new Set(units.flatMap((unit) => (unit.kind === 'loop' ? [unit.start] : [])))
    this.#stepAt = now()
  }

  /** Learns from an event; a step comes back with the time that is left, where it can be told. */
  note(event: EngineEvent): EngineEvent {
    if (event.kind === 'node-finished') this.#finish(event)
    if (event.kind === 'node-started' && this.#loops.has(event.node)) this.#begin(event.node)
    return event.kind === 'step' ? this.#step(event) : event
  }

  /** Keeps the times of a job that finished, for those to come. */
  learn(): void {
    this.#times.learn(new Map([...this.#learnt].map(([type, { runs, ms }]) => [type, ms / runs])))
  }

  #begin(loop: string): void {
    if (this.#loop === loop) return
    this.#loop = loop
    this.#steps = []
    this.#isWarm = false
    this.#stepAt = this.#now()
  }

  #finish({ node, runs, ms }: Extract<EngineEvent, { kind: 'node-finished' }>): void {
    this.#waiting.delete(node)
    const type = this.#nodes.get(node)?.type
    if (type === undefined || runs === 0) return
    const before = this.#learnt.get(type) ?? { runs: 0, ms: 0 }
    this.#learnt.set(type, { runs: before.runs + runs, ms: before.ms + ms })
  }

  #step(event: Extract<EngineEvent, { kind: 'step' }>): EngineEvent {
    this.#begin(event.node)
    const now = this.#now()
    if (!event.cached && this.#isWarm)
      this.#steps = [...this.#steps, now - this.#stepAt].slice(-measuredSteps)
    if (!event.cached) this.#isWarm = true
    this.#stepAt = now
    const isLast = event.index === event.total - 1
    if (isLast) this.#loopsDone++
    const stepMs = median(this.#steps)
    const loopsToCome = this.#loops.size * this.#cells - this.#loopsDone - (isLast ? 0 : 1)
    if (stepMs === null || (loopsToCome > 0 && this.#loops.size > 1)) return event
    const steps = event.total - 1 - event.index + Math.max(0, loopsToCome) * event.total
    return { ...event, etaMs: Math.round(steps * stepMs + this.#restMs()) }
  }

  #restMs(): number {
    const known = [...this.#waiting].map((node) => this.#times.get(this.#nodes.get(node)?.type ?? '') ?? 0)
    return known.reduce((sum, ms) => sum + ms, 0)
  }
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? null
}
