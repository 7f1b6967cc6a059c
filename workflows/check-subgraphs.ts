/** Whether the subgraphs of a workflow can be put in place of the nodes that stand for them. Linear, never recursive. */
import type { NodeInfo } from '#nodes/node-info.ts'
import type { Fault } from './fault.ts'
import { parseSource, type Subgraph, type Workflow } from './format.ts'
import { rings, sort } from './graph.ts'
import { limits } from './limits.ts'
import { suggest } from './nearest.ts'
import { subgraphName, subgraphsOf } from './subgraph-shape.ts'

export interface CheckedSubgraphs {
  /** Names of the subgraphs, each after all that it uses; without those that contain themselves. */
  readonly order: readonly string[]
  /** Not empty: the workflow cannot be expanded. */
  readonly faults: readonly Fault[]
}

/** Finds subgraphs that contain themselves, and bombs: a few subgraphs that stand for millions of nodes. */
export function checkSubgraphs(workflow: Workflow): CheckedSubgraphs {
  const subgraphs = subgraphsOf(workflow)
  if (subgraphs.size === 0) return { order: [], faults: [] }
  const uses = new Map([...subgraphs].map(([name, { nodes }]) => [name, usedBy(nodes, subgraphs)]))
  const { order, stuck } = sort(uses)
  const inRings = stuck.size > 0 ? rings(uses, stuck).map(ringFault) : []
  return { order, faults: [...inRings, ...sizeFaults(workflow, subgraphs, order)] }
}

function usedBy(nodes: Workflow['nodes'], subgraphs: ReadonlyMap<string, Subgraph>): string[] {
  return Object.values(nodes).flatMap(({ type }) => {
    const name = subgraphName(type)
    return name !== null && subgraphs.has(name) ? [name] : []
  })
}

function ringFault(ring: readonly string[]): Fault {
  // The rings of a sort run from what is used to its users; people read it the other way round.
  const path = [...ring, ring[0]].reverse().join(' → ')
  return {
    code: 'cycle',
    path: ['subgraphs', ring[0] ?? ''],
    message: `A subgraph contains itself: ${path}; remove one of these nodes`,
  }
}

/** How many nodes and links the whole file stands for, counted without writing them down. */
function sizeFaults(
  workflow: Workflow,
  subgraphs: ReadonlyMap<string, Subgraph>,
  order: readonly string[],
): Fault[] {
  const sizes = new Map<string, number>()
  const links = new Map<string, number>()
  const depths = new Map<string, number>()
  for (const name of order) {
    const subgraph = subgraphs.get(name)
    const { nodes = {} } = subgraph ?? {}
    // An empty one costs no less than a node: without that, empty ones in one another would be free.
    sizes.set(name, Math.max(1, sizeOf(nodes, sizes)))
    links.set(name, (subgraph ? endsOf(subgraph) : 0) + linksOf(nodes, links))
    depths.set(name, 1 + Math.max(0, ...usedBy(nodes, subgraphs).map((inner) => depths.get(inner) ?? 0)))
  }
  const size = sizeOf(workflow.nodes, sizes)
  const linked = linksOf(workflow.nodes, links)
  const deepest = [...depths].find(([, depth]) => depth > limits.subgraphDepth)
  return [
    ...(size > limits.nodes
      ? [
          tooLarge(
            ['nodes'],
            `The workflow stands for ${size} nodes, the limit is ${limits.nodes}: use fewer subgraphs, or smaller ones`,
          ),
        ]
      : []),
    ...(linked > limits.links
      ? [
          tooLarge(
            ['subgraphs'],
            `The workflow stands for ${linked} links and ports of subgraphs, the limit is ${limits.links}: use fewer subgraphs, or give them fewer ports`,
          ),
        ]
      : []),
    ...(deepest
      ? [
          tooLarge(
            ['subgraphs', deepest[0]],
            `Subgraph '${deepest[0]}' holds others ${deepest[1]} levels deep, the limit is ${limits.subgraphDepth}: flatten it`,
          ),
        ]
      : []),
  ]
}

function sizeOf(nodes: Workflow['nodes'], sizes: ReadonlyMap<string, number>): number {
  return Object.values(nodes).reduce((sum, { type }) => sum + (sizes.get(subgraphName(type) ?? '') ?? 1), 0)
}

/** Links inside, and ends of ports: each is written down wherever the subgraph stands. */
function linksOf(nodes: Workflow['nodes'], links: ReadonlyMap<string, number>): number {
  return Object.values(nodes).reduce(
    (sum, { type, inputs }) =>
      sum + Object.keys(inputs ?? {}).length + (links.get(subgraphName(type) ?? '') ?? 0),
    0,
  )
}

function endsOf({ inputs, outputs, params }: Subgraph): number {
  const fed = Object.values(inputs).reduce((sum, ends) => sum + ends.length, 0)
  return fed + Object.keys(outputs).length + Object.keys(params ?? {}).length
}

function tooLarge(path: readonly string[], message: string): Fault {
  return { code: 'too-large', path, message }
}

/** Ports and parameters of a subgraph that lead nowhere, used or not. */
export function portFaults(name: string, subgraph: Subgraph, infos: ReadonlyMap<string, NodeInfo>): Fault[] {
  const inner = new Map(Object.entries(subgraph.nodes))
  const faults: Fault[] = []
  const check = (kind: PortKind, port: string, end: string) => {
    const { node, output } = parseSource(end)
    const wrong = (message: string) =>
      faults.push({
        code: 'unknown-port',
        path: ['subgraphs', name, kind, port],
        message: `Subgraph '${name}' leads '${port}' to '${end}': ${message}`,
      })
    const found = inner.get(node)
    if (!found) return wrong(`it has no node '${node}'${suggest(node, [...inner.keys()])}`)
    const info = infos.get(found.type)
    if (!info) return
    const known = kind === 'inputs' ? { ...info.params, ...info.inputs } : info[kind]
    if (!Object.hasOwn(known, output))
      wrong(
        `'${node}' (${info.title}) has no ${words[kind]} '${output}'${suggest(output, Object.keys(known))}`,
      )
  }
  for (const [kind, port, end] of endsIn(subgraph)) {
    if (faults.length > limits.faults) break
    check(kind, port, end)
  }
  return faults
}

type PortKind = 'inputs' | 'outputs' | 'params'

function* endsIn({ inputs, outputs, params = {} }: Subgraph): Generator<[PortKind, string, string]> {
  for (const port of Object.keys(inputs)) for (const end of inputs[port] ?? []) yield ['inputs', port, end]
  for (const port of Object.keys(outputs)) yield ['outputs', port, outputs[port] ?? '']
  for (const port of Object.keys(params)) yield ['params', port, params[port] ?? '']
}

const words = { inputs: 'input', outputs: 'output', params: 'parameter' }
