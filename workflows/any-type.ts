/** What an output of the type `Any` carries: whatever its node's inputs of that type are linked to. */
import type { NodeInfo } from '#nodes/node-info.ts'
import type { WireType } from '#nodes/wire-types.ts'
import type { Expanded } from './expand.ts'
import { parseSource, type WorkflowNode } from './format.ts'
import { own } from './own.ts'
import { subgraphName } from './subgraph-shape.ts'

/** Types of the outputs of a workflow, in every scope of it. Links are followed once, however many ask. */
export class OutputTypes {
  readonly #expanded: Expanded
  readonly #infos: ReadonlyMap<string, NodeInfo>
  /** Every node, those that stand for a subgraph and bypassed ones too. */
  readonly #all: ReadonlyMap<string, WorkflowNode>
  readonly #known = new Map<string, WireType>()

  constructor(expanded: Expanded, infos: ReadonlyMap<string, NodeInfo>) {
    this.#expanded = expanded
    this.#infos = infos
    this.#all = new Map(
      expanded.scopes.flatMap(({ prefix, nodes }) => [...nodes].map(([id, node]) => [prefix + id, node])),
    )
  }

  /** The type behind `outer/node.output`: `Any` where that cannot be known yet, null where there is no such output. */
  typeOf(place: string): WireType | null {
    const type = this.#declared(this.#all, place)
    if (type !== 'Any') return type
    const source = this.#expanded.behind(place)
    const given = source === null ? null : this.#declared(this.#expanded.nodes, source)
    return source !== null && given === 'Any' ? this.#carried(parseSource(source).node) : (given ?? 'Any')
  }

  /** Follows chains of such nodes; one that leads into itself carries nothing that is known. */
  #carried(first: string): WireType {
    const walk: string[] = []
    let type: WireType | null = null
    for (let at: string | null = first; at !== null && type === null;) {
      const known = this.#known.get(at)
      if (known) type = known
      else {
        walk.push(at)
        this.#known.set(at, 'Any')
        const source = this.#firstAny(at)
        const given = source === null ? null : this.#declared(this.#expanded.nodes, source)
        if (source !== null && given === 'Any') at = parseSource(source).node
        else type = given ?? 'Any'
      }
    }
    for (const id of walk) this.#known.set(id, type ?? 'Any')
    return type ?? 'Any'
  }

  /** What feeds the first input of the type `Any` that is linked; a subgraph's ports need not belong to each other. */
  #firstAny(id: string): string | null {
    const node = this.#expanded.nodes.get(id)
    if (!node || subgraphName(node.type) !== null) return null
    const inputs = Object.entries(this.#infos.get(node.type)?.inputs ?? {})
    const sources = inputs.flatMap(([name, { type }]) =>
      type === 'Any' ? (own(node.inputs, name) ?? []) : [],
    )
    return sources[0] ?? null
  }

  #declared(nodes: ReadonlyMap<string, WorkflowNode>, place: string): WireType | null {
    const { node, output } = parseSource(place)
    return own(this.#infos.get(nodes.get(node)?.type ?? '')?.outputs, output)?.type ?? null
  }
}
