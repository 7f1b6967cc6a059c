/** The links of a workflow as a graph, put in order. Linear in nodes and links, and never recursive. */
import { parseSource, type WorkflowNode } from './format.ts'

/** One link, as its receiving node sees it. */
export interface Link {
  /** The input or parameter it feeds. */
  readonly input: string
  readonly from: string
  readonly output: string
}

/** The links into every node, by node id, in the order of the file. Links from nodes that do not exist are left out. */
export type Links = ReadonlyMap<string, readonly Link[]>

export function linksOf(nodes: ReadonlyMap<string, WorkflowNode>): Links {
  const links = new Map<string, Link[]>()
  for (const id of nodes.keys()) links.set(id, [])
  for (const [id, node] of nodes)
    for (const [input, text] of Object.entries(node.inputs ?? {})) {
      const { node: from, output } = parseSource(text)
      if (links.has(from)) links.get(id)?.push({ input, from, output })
    }
  return links
}

/** Who needs whom: every key comes after all that its list names. */
export type Needs = ReadonlyMap<string, readonly string[]>

export function needsOf(links: Links): Needs {
  return new Map([...links].map(([id, list]) => [id, list.map(({ from }) => from)]))
}

export interface Sorted {
  /** First what needs nothing, then what needs only that, and so on; equals stay in the order of the file. */
  readonly order: readonly string[]
  /** What stands in a ring or waits for one. */
  readonly stuck: ReadonlySet<string>
}

/** Kahn's algorithm. */
export function sort(needs: Needs): Sorted {
  const waiting = new Map<string, number>()
  const users = new Map<string, string[]>()
  for (const id of needs.keys()) users.set(id, [])
  for (const [id, list] of needs) {
    waiting.set(id, list.length)
    for (const need of list) users.get(need)?.push(id)
  }
  const order = [...needs.keys()].filter((id) => waiting.get(id) === 0)
  // The list grows while it is read: it is the queue and the result in one.
  for (const id of order)
    for (const user of users.get(id) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1
      waiting.set(user, left)
      if (left === 0) order.push(user)
    }
  return { order, stuck: new Set([...waiting].filter(([, left]) => left > 0).map(([id]) => id)) }
}

/**
 * The rings among what is stuck, each in the direction in which values would flow. Every ring found is a real one, and
 * at least one is found where there is any; rings that share a node may be reported as one.
 */
export function rings(needs: Needs, stuck: ReadonlySet<string>): string[][] {
  const found: string[][] = []
  const walkOf = new Map<string, string>()
  for (const first of stuck) {
    const walk: string[] = []
    let id: string | undefined = first
    while (id !== undefined && !walkOf.has(id)) {
      walkOf.set(id, first)
      walk.push(id)
      id = needs.get(id)?.find((need) => stuck.has(need))
    }
    if (id !== undefined && walkOf.get(id) === first) found.push(walk.slice(walk.indexOf(id)).reverse())
  }
  const position = new Map([...stuck].map((id, index) => [id, index]))
  return found.map((ring) => fromFirst(ring, position))
}

/** Turns a ring so that the node that stands first in the file comes first. */
function fromFirst(ring: readonly string[], position: ReadonlyMap<string, number>): string[] {
  let first = 0
  for (const [at, id] of ring.entries())
    if ((position.get(id) ?? 0) < (position.get(ring[first] ?? '') ?? 0)) first = at
  return [...ring.slice(first), ...ring.slice(0, first)]
}
