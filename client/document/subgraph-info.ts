/** What a subgraph looks like from outside: a node like any other, made of what its ports lead to. */
import type { Catalogue, InputInfo, NodeInfo, OutputInfo, ParamInfo } from '#nodes/node-info.ts'
import { parseSource, type Subgraph } from '#workflows/format.ts'
import { valueOf } from './edits.ts'
import { inputType, outputType } from './queries.ts'
import { own } from './record.ts'
import { subgraphName, subgraphType } from './scope.ts'

type Subgraphs = Readonly<Record<string, Subgraph>>

/** The catalogue with an entry for each subgraph of a file. */
export function withSubgraphs(catalogue: Catalogue, subgraphs: Subgraphs | undefined): Catalogue {
  if (!subgraphs) return catalogue
  const infos = new Map<string, NodeInfo>()
  for (const name of Object.keys(subgraphs)) infoOfSubgraph(catalogue, subgraphs, name, infos, new Set())
  return { ...catalogue, ...Object.fromEntries(infos) }
}

function infoOfSubgraph(
  catalogue: Catalogue,
  subgraphs: Subgraphs,
  name: string,
  infos: Map<string, NodeInfo>,
  open: Set<string>,
): NodeInfo | undefined {
  const type = subgraphType(name)
  const known = infos.get(type)
  const definition = own(subgraphs, name)
  // One that holds itself has no end; the server says so, and here its own ports stay unknown.
  if (known || !definition || open.has(name)) return known
  open.add(name)
  const infoOf = (id: string): NodeInfo | undefined => {
    const node = own(definition.nodes, id)
    const inner = node ? subgraphName(node.type) : null
    if (!node) return undefined
    return inner === null
      ? own(catalogue, node.type)
      : infoOfSubgraph(catalogue, subgraphs, inner, infos, open)
  }
  const info = describe(type, name, definition, infoOf)
  open.delete(name)
  infos.set(type, info)
  return info
}

function describe(
  type: string,
  name: string,
  definition: Subgraph,
  infoOf: (id: string) => NodeInfo | undefined,
): NodeInfo {
  const ids = Object.keys(definition.nodes)
  return {
    type,
    version: 1,
    title: definition.title ?? name,
    description: ids.map((id) => infoOf(id)?.title ?? id).join(' · '),
    inputs: collect(definition.inputs, (targets) => inputInfo(targets, infoOf)),
    outputs: collect(definition.outputs, (source) => outputInfo(source, infoOf)),
    params: collect(definition.params ?? {}, (target) => paramInfo(target, definition, infoOf)),
    loop: null,
    sideEffect: ids.some((id) => infoOf(id)?.sideEffect),
  }
}

function collect<T, U>(
  ports: Readonly<Record<string, T>>,
  make: (value: T) => U | undefined,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(ports).flatMap(([port, value]) => {
      const made = make(value)
      return made === undefined ? [] : [[port, made]]
    }),
  )
}

function inputInfo(
  targets: readonly string[],
  infoOf: (id: string) => NodeInfo | undefined,
): InputInfo | undefined {
  const found = targets.flatMap((target) => {
    const { node, output: port } = parseSource(target)
    const info = infoOf(node)
    const type = inputType(info, port)
    return type ? [{ type, input: own(info?.inputs, port) }] : []
  })
  const [first] = found
  if (!first) return undefined
  const optional = found.every(({ input }) => input?.optional ?? true)
  return { type: first.type, optional, description: first.input?.description ?? '' }
}

function outputInfo(source: string, infoOf: (id: string) => NodeInfo | undefined): OutputInfo | undefined {
  const { node, output } = parseSource(source)
  const info = infoOf(node)
  const type = outputType(info, output)
  return type && { type, description: own(info?.outputs, output)?.description ?? '' }
}

/** Its default is what the node inside has. */
function paramInfo(
  target: string,
  { nodes }: Subgraph,
  infoOf: (id: string) => NodeInfo | undefined,
): ParamInfo | undefined {
  const { node: id, output: param } = parseSource(target)
  const info = infoOf(id)
  const node = own(nodes, id)
  const inner = own(info?.params, param)
  return inner && info && node && { ...inner, default: valueOf(node, info, param) }
}
