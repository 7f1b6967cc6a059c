/**
 * Which nodes stand inside which loop. A node is inside when it depends on the loop's start without the loop's end in
 * between; it then runs once per iteration. A value leaves a loop only through its end.
 */
import type { NodeInfo } from '#nodes/node-info.ts'
import { canConnect, type WireType } from '#nodes/wire-types.ts'
import type { Fault } from './fault.ts'
import type { WorkflowNode } from './format.ts'
import type { Link, Links } from './graph.ts'

export interface InputShape {
  readonly type: WireType
  readonly optional?: boolean
  readonly lazy?: boolean
  readonly list?: boolean
}

/** What ordering needs to know of a node's type; the catalogue's entry and a node's definition both have it. */
export interface NodeShape {
  readonly title: string
  readonly inputs: Readonly<Record<string, InputShape>>
  readonly outputs: Readonly<Record<string, { readonly type: WireType; readonly list?: boolean }>>
  readonly loop?: NodeInfo['loop']
  readonly sideEffect?: boolean
}

/** Every node type by its name. */
export type Shapes = ReadonlyMap<string, NodeShape>

export interface Loop {
  readonly start: string
  readonly end: string
  /** The start's output that differs per iteration. */
  readonly each: string
  /** The start's other outputs: each returns with what the end's input of the same name received. */
  readonly carried: readonly string[]
  /** In an order in which they can run; without start and end. */
  readonly body: readonly string[]
}

export interface FoundLoops {
  readonly loops: readonly Loop[]
  /** The loop's start, for the start, the end and every node of the body. */
  readonly loopOf: ReadonlyMap<string, string>
  readonly faults: readonly Fault[]
}

interface OpenLoop {
  readonly start: string
  readonly each: string
  readonly body: string[]
  end: string | null
}

/** Something inside a loop waits for the end of that loop. */
export function leakFault(id: string, { input, from }: Link, start: string): Fault {
  const message =
    `Node '${id}' runs inside the loop of '${start}' and needs '${from}', which waits for the end of that loop: ` +
    `lead what it takes from inside the loop through the loop's end`
  return { code: 'loop', path: ['nodes', id, 'inputs', input], message }
}

/** Finds the loops of a graph. `order` is one in which every node comes after what it needs. */
export function findLoops(
  nodes: ReadonlyMap<string, WorkflowNode>,
  links: Links,
  order: readonly string[],
  shapes: Shapes,
): FoundLoops {
  const finder = new LoopFinder(nodes, links, shapes)
  for (const id of order) finder.place(id)
  return { loops: finder.close(), loopOf: finder.loopOf, faults: finder.faults }
}

class LoopFinder {
  readonly faults: Fault[] = []
  readonly loopOf = new Map<string, string>()
  readonly #open = new Map<string, OpenLoop>()
  readonly #nodes: ReadonlyMap<string, WorkflowNode>
  readonly #links: Links
  readonly #shapes: Shapes

  constructor(nodes: ReadonlyMap<string, WorkflowNode>, links: Links, shapes: Shapes) {
    this.#nodes = nodes
    this.#links = links
    this.#shapes = shapes
  }

  /** Puts a node outside, or into the loop of what it takes from; everything it needs was placed before. */
  place(id: string): void {
    const loop = this.#shapeOf(id)?.loop
    const start = this.#loopAround(id)
    if (loop?.role === 'start') this.#begin(id, loop.each, start)
    else if (start !== undefined) this.#enter(id, start, loop?.role === 'end')
    else if (loop?.role === 'end')
      this.#blame(
        id,
        `Node ${this.#call(id)} closes no loop: link it to a node that depends on the start of one`,
      )
  }

  close(): Loop[] {
    return [...this.#open.values()].flatMap(({ start, end, each, body }) => {
      if (end === null) {
        this.#blame(
          start,
          `Node ${this.#call(start)} opens a loop that nothing closes: lead its values to an end of the loop`,
        )
        return []
      }
      const carried = Object.keys(this.#shapeOf(start)?.outputs ?? {}).filter((name) => name !== each)
      for (const name of carried) this.#checkCarried(name, start, end)
      return [{ start, end, each, carried, body }]
    })
  }

  #loopAround(id: string): string | undefined {
    const sources = (this.#links.get(id) ?? []).map(({ from }) => from)
    const [start, other] = new Set(
      sources.filter((from) => this.#isInside(from)).map((from) => this.loopOf.get(from)),
    )
    if (start !== undefined && other !== undefined)
      this.#blame(
        id,
        `Node ${this.#call(id)} takes values from inside two loops, of ${this.#call(start)} and ${this.#call(other)}: ` +
          `link it to the end of one of them`,
      )
    return start
  }

  #begin(id: string, each: string, around: string | undefined): void {
    this.#open.set(id, { start: id, each, body: [], end: null })
    this.loopOf.set(id, id)
    if (around !== undefined)
      this.#blame(
        id,
        `Node ${this.#call(id)} opens a loop inside the loop of ${this.#call(around)}: ` +
          `loops may follow one another, link it to the end of that loop`,
      )
  }

  #enter(id: string, start: string, isEnd: boolean): void {
    const open = this.#open.get(start)
    if (!open) return
    this.loopOf.set(id, start)
    const late = this.#links.get(id)?.find(({ from }) => from === open.end)
    if (late) this.faults.push(leakFault(id, late, start))
    if (!isEnd) open.body.push(id)
    else if (open.end === null) open.end = id
    else
      this.#blame(
        id,
        `Node ${this.#call(id)} closes the loop of ${this.#call(start)}, ` +
          `which ${this.#call(open.end)} closes already: remove one of them`,
      )
  }

  #checkCarried(name: string, start: string, end: string): void {
    const input = this.#shapeOf(end)?.inputs[name]
    const type = this.#shapeOf(start)?.outputs[name]?.type
    const close = `Node ${this.#call(end)} cannot close the loop of ${this.#call(start)}`
    const blame = (message: string) =>
      this.faults.push({ code: 'loop', path: ['nodes', end, 'inputs', name], message })
    if (!input) blame(`${close}: it has no input '${name}' to carry that value on`)
    else if (!this.#links.get(end)?.some((link) => link.input === name))
      blame(
        `Node ${this.#call(end)} carries nothing on: link its input '${name}', ` +
          `which the next iteration of ${this.#call(start)} starts from`,
      )
    else if (type && !canConnect(input.type, type))
      blame(`${close}: its '${name}' is ${input.type}, the start's is ${type}`)
  }

  /** What a loop's end gives is outside again. */
  #isInside(id: string): boolean {
    return this.loopOf.has(id) && this.#shapeOf(id)?.loop?.role !== 'end'
  }

  #shapeOf(id: string): NodeShape | undefined {
    return this.#shapes.get(this.#nodes.get(id)?.type ?? '')
  }

  #call(id: string): string {
    return `'${id}' (${this.#shapeOf(id)?.title ?? this.#nodes.get(id)?.type})`
  }

  #blame(id: string, message: string): void {
    this.faults.push({ code: 'loop', path: ['nodes', id], message })
  }
}
