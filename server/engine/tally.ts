/** Counts what becomes of every node of a run and reports it: when it begins, and once when it is done. */
import type { EngineEvent, RunReason } from '#workflows/protocol.ts'
import type { NodeReport } from './engine.ts'
import type { NodeError } from './node-error.ts'
import { fromIteration, reasonsInWords } from './why.ts'

interface Count {
  ms: number
  runs: number
  cachedRuns: number
  reasons: readonly RunReason[]
}

export class Tally {
  readonly #emit: (event: EngineEvent) => void
  readonly #counts = new Map<string, Count>()
  readonly #done = new Map<string, NodeReport>()

  constructor(emit: (event: EngineEvent) => void) {
    this.#emit = emit
  }

  get reports(): ReadonlyMap<string, NodeReport> {
    return this.#done
  }

  /** The node's code is about to run; `iteration` is 0 outside loops. Told to the world the first time only. */
  begin(node: string, reasons: readonly RunReason[], iteration: number): void {
    const count = this.#count(node)
    if (count.runs === 0) {
      count.reasons = fromIteration(reasons, iteration)
      this.#emit({ kind: 'node-started', node })
    }
    count.runs++
  }

  spend(node: string, ms: number): void {
    this.#count(node).ms += ms
  }

  hit(node: string): void {
    this.#count(node).cachedRuns++
  }

  /** Whether the node ran or came from the cache in this run. */
  hasBegun(node: string): boolean {
    return this.#counts.has(node) || this.#done.has(node)
  }

  /** How often any of these nodes ran. */
  runsOf(nodes: readonly string[]): number {
    return nodes.reduce((sum, node) => sum + (this.#counts.get(node)?.runs ?? 0), 0)
  }

  /** Every run of the node is over. Says nothing of a node that failed or was skipped before. */
  finish(node: string): void {
    if (this.#done.has(node)) return
    const report = this.#report(node, 'finished')
    this.#done.set(node, report)
    const { runs, cachedRuns, ms, why, reasons } = report
    this.#emit({ kind: 'node-finished', node, runs, cachedRuns, ms, why, reasons })
  }

  fail(node: string, error: NodeError): void {
    this.#done.set(node, { ...this.#report(node, 'failed'), error })
    const { message, sentence } = error
    this.#emit({ kind: 'node-failed', node, message, ...(sentence && { sentence }) })
  }

  skip(node: string, because: string): void {
    if (this.#done.has(node)) return
    this.#done.set(node, { ...this.#report(node, 'skipped'), because })
    this.#emit({ kind: 'node-skipped', node, because })
  }

  /** The run stopped; what began and did not finish was cancelled. */
  cancel(): void {
    for (const node of this.#counts.keys())
      if (!this.#done.has(node)) this.#done.set(node, this.#report(node, 'cancelled'))
  }

  #count(node: string): Count {
    const count = this.#counts.get(node) ?? { ms: 0, runs: 0, cachedRuns: 0, reasons: [] }
    this.#counts.set(node, count)
    return count
  }

  #report(node: string, state: NodeReport['state']): NodeReport {
    const { ms, runs, cachedRuns, reasons } = this.#count(node)
    const cached = runs === 0 && cachedRuns > 0
    return {
      state,
      cached,
      ms,
      runs,
      cachedRuns,
      why: runs > 0 ? reasonsInWords(reasons) : cached ? 'nothing changed' : 'never reached',
      reasons,
    }
  }
}
