/** What a subgraph looks like from outside: the ports of a node that stands for it. */
import type { Catalogue, InputInfo, NodeInfo, OutputInfo, ParamInfo } from '#nodes/node-info.ts'
import { parseSource, type Subgraph, type Workflow, type WorkflowNode } from './format.ts'
import { own } from './own.ts'

const prefix = 'subgraph/'

/** The type of a node that stands for a subgraph. */
export function subgraphType(name: string): string {
  return prefix + name
}

/** The subgraph that a node of this type stands for; null for a plain node. */
export function subgraphName(type: string): string | null {
  return type.startsWith(prefix) ? type.slice(prefix.length) : null
}

/** The subgraphs of a workflow, by name. */
export function subgraphsOf({ subgraphs }: Workflow): ReadonlyMap<string, Subgraph> {
  return new Map(Object.entries(subgraphs ?? {}))
}

/**
 * The catalogue with one entry more for every subgraph, so that a node that stands for one can be drawn and judged like
 * any other. A port that leads nowhere has no entry.
 *
 * @param order names of subgraphs, each after all that it uses: one that comes before lacks their ports.
 */
export function withSubgraphs(
  catalogue: Catalogue,
  subgraphs: ReadonlyMap<string, Subgraph>,
  order: readonly string[],
): ReadonlyMap<string, NodeInfo> {
  const infos = new Map(Object.entries(catalogue))
  for (const name of order) {
    const subgraph = subgraphs.get(name)
    if (subgraph) infos.set(subgraphType(name), subgraphInfo(name, subgraph, infos))
  }
  return infos
}

function subgraphInfo(name: string, subgraph: Subgraph, infos: ReadonlyMap<string, NodeInfo>): NodeInfo {
  const nodes = new Map(Object.entries(subgraph.nodes))
  const info = (id: string) => infos.get(nodes.get(id)?.type ?? '')
  const inner = [...nodes.values()].map(({ type }) => infos.get(type))
  return {
    type: subgraphType(name),
    version: 1,
    title: subgraph.title ?? name,
    description: Object.keys(subgraph.nodes)
      .map((id) => info(id)?.title ?? id)
      .join(' · '),
    inputs: entriesOf(subgraph.inputs, (ends) => inputInfo(ends, nodes, info)),
    outputs: entriesOf(subgraph.outputs, (source) => outputInfo(source, info)),
    params: entriesOf(subgraph.params ?? {}, (end) => paramInfo(end, nodes, info)),
    loop: null,
    sideEffect: inner.some((node) => node?.sideEffect),
  }
}

function entriesOf<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => U | null,
): Record<string, U> {
  const entries = Object.entries(record).flatMap(([name, value]) => {
    const mapped = map(value)
    return mapped === null ? [] : [[name, mapped] as const]
  })
  return Object.fromEntries(entries)
}

type InfoOf = (id: string) => NodeInfo | undefined

/** A port must be linked when one of the inputs it feeds must be. */
function inputInfo(
  ends: readonly string[],
  nodes: ReadonlyMap<string, WorkflowNode>,
  infoOf: InfoOf,
): InputInfo | null {
  const found = ends.flatMap((end) => innerInput(end, nodes, infoOf) ?? [])
  const [first] = found
  if (!first) return null
  const optional = found.every((input) => input.optional)
  return { ...first, optional }
}

function innerInput(end: string, nodes: ReadonlyMap<string, WorkflowNode>, infoOf: InfoOf): InputInfo | null {
  const { node, output: name } = parseSource(end)
  const info = infoOf(node)
  const isLinked = Object.hasOwn(nodes.get(node)?.inputs ?? {}, name)
  const input = own(info?.inputs, name)
  if (input) return isLinked ? { ...input, optional: true } : input
  const param = own(info?.params, name)
  return param?.wire ? { type: param.wire, optional: true, description: param.description } : null
}

function outputInfo(source: string, infoOf: InfoOf): OutputInfo | null {
  const { node, output } = parseSource(source)
  return own(infoOf(node)?.outputs, output) ?? null
}

/** What the inner node says is what a node that stands for the subgraph has where it says nothing itself. */
function paramInfo(end: string, nodes: ReadonlyMap<string, WorkflowNode>, infoOf: InfoOf): ParamInfo | null {
  const { node, output: name } = parseSource(end)
  const param = own(infoOf(node)?.params, name)
  const value = own(nodes.get(node)?.values, name)
  return param ? { ...param, ...(value !== undefined && { default: value }) } : null
}
