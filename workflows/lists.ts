/**
 * Where lists flow. A node whose plain input is fed a list runs once per item and gives lists itself; an input declared as
 * a list takes the whole list. A loop that is fed a list from outside runs as a whole per item.
 */
import type { Fault } from './fault.ts'
import type { WorkflowNode } from './format.ts'
import type { Link, Links } from './graph.ts'
import type { NodeShape, Shapes } from './loops.ts'
import type { Unit } from './unit.ts'
import { own } from './own.ts'

export interface ListFlow {
  /** Units that run once per item, by their node or their loop's start. */
  readonly mapped: ReadonlySet<string>
  /** Links that bring a list from outside the unit they lead into. */
  readonly lists: ReadonlySet<Link>
  readonly faults: readonly Fault[]
}

/** `units` in an order in which each comes after all that it needs. */
export function findLists(
  nodes: ReadonlyMap<string, WorkflowNode>,
  links: Links,
  units: readonly Unit[],
  shapes: Shapes,
): ListFlow {
  const flow = new Flow(nodes, links, shapes)
  for (const unit of units)
    if (unit.kind === 'node') flow.placeNode(unit.id)
    else flow.placeLoop(unit.start, unit.body, unit.end)
  return flow
}

class Flow implements ListFlow {
  readonly mapped = new Set<string>()
  readonly lists = new Set<Link>()
  readonly faults: Fault[] = []
  /** Nodes all of whose outputs are lists. */
  readonly #givers = new Set<string>()
  readonly #nodes: ReadonlyMap<string, WorkflowNode>
  readonly #links: Links
  readonly #shapes: Shapes

  constructor(nodes: ReadonlyMap<string, WorkflowNode>, links: Links, shapes: Shapes) {
    this.#nodes = nodes
    this.#links = links
    this.#shapes = shapes
  }

  placeNode(id: string): void {
    if (!this.#takesItems(id)) return
    this.mapped.add(id)
    this.#givers.add(id)
    const list = this.#listOutput(id)
    if (list !== null)
      this.#blame(
        [id],
        `Node ${this.#call(id)} gives a list, '${list}', for every item of a list: ` +
          `lists hold no lists, take the list together before`,
      )
  }

  placeLoop(start: string, body: readonly string[], end: string): void {
    for (const id of [start, ...body, end]) {
      if (this.#takesItems(id)) this.mapped.add(start)
      for (const link of this.#links.get(id) ?? [])
        if (this.lists.has(link) && this.#inputOf(id, link)?.lazy)
          this.#blame(
            [id, 'inputs', link.input],
            `Node ${this.#call(id)} runs inside a loop, where its lazy '${link.input}' cannot take a list: ` +
              `choose before the loop`,
          )
      const list = this.#listOutput(id)
      if (list !== null)
        this.#blame(
          [id],
          `Node ${this.#call(id)} makes a list, '${list}', inside a loop: make it before the loop, ` +
            `which then runs once per item`,
        )
    }
    if (this.mapped.has(start)) this.#givers.add(end)
  }

  /** Whether a list arrives where one value is meant. Notes every list that arrives. */
  #takesItems(id: string): boolean {
    let takesItems = false
    for (const link of this.#links.get(id) ?? []) {
      if (!this.#givesList(link)) continue
      this.lists.add(link)
      if (!this.#inputOf(id, link)?.list) takesItems = true
    }
    return takesItems
  }

  #givesList({ from, output }: Link): boolean {
    return this.#givers.has(from) || (own(this.#shapeOf(from)?.outputs, output)?.list ?? false)
  }

  #listOutput(id: string): string | null {
    const outputs = Object.entries(this.#shapeOf(id)?.outputs ?? {})
    return outputs.find(([, { list }]) => list)?.[0] ?? null
  }

  #inputOf(id: string, { input }: Link) {
    return own(this.#shapeOf(id)?.inputs, input)
  }

  #shapeOf(id: string): NodeShape | undefined {
    return this.#shapes.get(this.#nodes.get(id)?.type ?? '')
  }

  #call(id: string): string {
    return `'${id}' (${this.#shapeOf(id)?.title ?? this.#nodes.get(id)?.type})`
  }

  #blame(path: readonly string[], message: string): void {
    this.faults.push({ code: 'list', path: ['nodes', ...path], message })
  }
}
