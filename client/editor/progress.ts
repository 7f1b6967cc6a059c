/** What a node does in a run. A node that stands for a subgraph does what the nodes in it do, all together. */
import { own } from '../document/record.ts'
import type { Job, NodeProgress } from '../stores/job.ts'

export function progressOf(
  nodes: Job['nodes'],
  whole: string,
  isSubgraph: boolean,
): NodeProgress | undefined {
  const known = own(nodes, whole)
  if (known || !isSubgraph) return known
  const inner = Object.entries(nodes).filter(([id]) => id.startsWith(`${whole}/`))
  const all = inner.map(([, progress]) => progress)
  const [first] = all
  if (!first) return undefined
  const is = (status: NodeProgress['status']) => all.find((progress) => progress.status === status)
  const sum = (of: (progress: NodeProgress) => number) =>
    all.reduce((total, progress) => total + of(progress), 0)
  const status = (is('failed') ?? is('running') ?? is('skipped') ?? is('done') ?? first).status
  const { message, sentence } = is('failed') ?? is('skipped') ?? {}
  const { why, reasons } = first
  return {
    status,
    why,
    reasons,
    ms: sum(({ ms }) => ms),
    runs: sum(({ runs }) => runs),
    hits: sum(({ hits }) => hits),
    ...(message !== undefined && { message }),
    ...(sentence && { sentence }),
  }
}
