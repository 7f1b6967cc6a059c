/** What an output of the type `Any` carries: whatever its node's inputs of that type are linked to. */
import type { NodeInfo } from '#nodes/node-info.ts'
import type { WireType } from '#nodes/wire-types.ts'
import { parseSource, type WorkflowNode } from './format.ts'
import { own } from './own.ts'

/** Types of the outputs of one graph. Links are followed once, however many ask. */
export class OutputTypes {
  readonly #nodes: ReadonlyMap<string, WorkflowNode>
  readonly #infos: ReadonlyMap<string, NodeInfo>
  readonly #known = new Map<string, WireType>()

  constructor(nodes: ReadonlyMap<string, WorkflowNode>, infos: ReadonlyMap<string, NodeInfo>) {
    this.#nodes = nodes
    this.#infos = infos
  }

  /** The type behind `node.output`: `Any` where that cannot be known yet, null where there is no such output. */
  typeOf(source: string): WireType | null {
    const { node, output } = parseSource(source)
    const type = own(this.#infos.get(this.#nodes.get(node)?.type ?? '')?.outputs, output)?.type ?? null
    return type === 'Any' ? this.#carried(node) : type
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
        const from = source === null ? null : parseSource(source)
        const info = from && this.#infos.get(this.#nodes.get(from.node)?.type ?? '')
        const given = from && own(info?.outputs, from.output)?.type
        if (from && given === 'Any') at = from.node
        else type = given ?? 'Any'
      }
    }
    for (const id of walk) this.#known.set(id, type ?? 'Any')
    return type ?? 'Any'
  }

  /** What feeds the first input of the type `Any` that is linked. */
  #firstAny(id: string): string | null {
    const node = this.#nodes.get(id)
    const inputs = Object.entries(this.#infos.get(node?.type ?? '')?.inputs ?? {})
    const sources = inputs.flatMap(([name, { type }]) =>
      type === 'Any' ? (own(node?.inputs, name) ?? []) : [],
    )
    return sources[0] ?? null
  }
}
