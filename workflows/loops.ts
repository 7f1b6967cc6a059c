/**
 * Which nodes stand inside which loop. A node is inside when it depends on the loop's start without the loop's end in
 * between; it then runs once per iteration. A value leaves a loop only through its end.
 */
import type { NodeInfo } from '#nodes/node-info.ts'
import { canConnect, type WireType } from '#nodes/wire-types.ts'
import type { Fault } from './fault.ts'
import type { Workflow } from './format.ts'
import type { Link, Links } from './graph.ts'

/** What ordering needs to know of a node's type; the catalogue's entry and a node's definition both have it. */
export interface NodeShape {
  readonly title: string
  readonly inputs: Readonly<Record<string, { readonly type: WireType; readonly optional?: boolean }>>
  readonly outputs: Readonly<Record<string, { readonly type: WireType }>>
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

/** Finds the loops of a workflow. `order` is one in which every node comes after what it needs. */
export function findLoops(
  workflow: Workflow,
  links: Links,
  order: readonly string[],
  shapes: Shapes,
): FoundLoops {
  const faults: Fault[] = []
  const found = new Map<string, OpenLoop>()
  const loopOf = new Map<string, string>()
  const shapeOf = (id: string) => shapes.get(workflow.nodes[id]?.type ?? '')
  const call = (id: string) => `'${id}' (${shapeOf(id)?.title ?? workflow.nodes[id]?.type})`
  const blame = (id: string, message: string) => faults.push({ code: 'loop', path: ['nodes', id], message })

  const isInside = (id: string) => loopOf.has(id) && shapeOf(id)?.loop?.role !== 'end'
  for (const id of order) {
    const around = new Set(
      (links.get(id) ?? []).filter(({ from }) => isInside(from)).map(({ from }) => loopOf.get(from)),
    )
    const [start, other] = around
    const loop = shapeOf(id)?.loop
    if (start !== undefined && other !== undefined)
      blame(
        id,
        `Node ${call(id)} takes values from inside two loops, of ${call(start)} and ${call(other)}: link it to the end of one of them`,
      )
    if (loop?.role === 'start') {
      if (start !== undefined)
        blame(
          id,
          `Node ${call(id)} opens a loop inside the loop of ${call(start)}: loops may follow one another, link it to the end of that loop`,
        )
      found.set(id, { start: id, each: loop.each, body: [], end: null })
      loopOf.set(id, id)
    } else if (start === undefined) {
      if (loop?.role === 'end')
        blame(id, `Node ${call(id)} closes no loop: link it to a node that depends on the start of one`)
    } else {
      const open = found.get(start)
      loopOf.set(id, start)
      const late = links.get(id)?.find(({ from }) => from === open?.end)
      if (late) faults.push(leakFault(id, late, start))
      if (loop?.role !== 'end') open?.body.push(id)
      else if (open?.end === null) open.end = id
      else
        blame(
          id,
          `Node ${call(id)} closes the loop of ${call(start)}, which ${call(open?.end ?? '')} closes already: remove one of them`,
        )
    }
  }

  const loops: Loop[] = []
  for (const { start, end, each, body } of found.values()) {
    if (end === null) {
      blame(
        start,
        `Node ${call(start)} opens a loop that nothing closes: lead its values to an end of the loop`,
      )
      continue
    }
    const carried = Object.keys(shapeOf(start)?.outputs ?? {}).filter((name) => name !== each)
    faults.push(...carried.flatMap((name) => carriedFaults(name, start, end)))
    loops.push({ start, end, each, carried, body })
  }
  return { loops, loopOf, faults }

  function carriedFaults(name: string, start: string, end: string): Fault[] {
    const input = shapeOf(end)?.inputs[name]
    const type = shapeOf(start)?.outputs[name]?.type
    const fault = (message: string): Fault => ({
      code: 'loop',
      path: ['nodes', end, 'inputs', name],
      message,
    })
    if (!input)
      return [
        fault(
          `Node ${call(end)} cannot close the loop of ${call(start)}: it has no input '${name}' to carry that value on`,
        ),
      ]
    if (!links.get(end)?.some((link) => link.input === name))
      return [
        fault(
          `Node ${call(end)} carries nothing on: link its input '${name}', which the next iteration of ${call(start)} starts from`,
        ),
      ]
    if (type && !canConnect(input.type, type))
      return [
        fault(
          `Node ${call(end)} cannot close the loop of ${call(start)}: its '${name}' is ${input.type}, the start's is ${type}`,
        ),
      ]
    return []
  }
}
