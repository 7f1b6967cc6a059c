/** A node of a workflow made ready: where each of its values comes from, its own values checked once. */
import type { z } from 'zod'
import type { AnyNode } from '#nodes/node.ts'
import type { WorkflowNode } from '#workflows/format.ts'
import type { Link } from '#workflows/graph.ts'

/** One value that a node's `run` gets. */
export interface Slot {
  readonly name: string
  readonly link: Link | null
  /** For a parameter: what its values must satisfy. */
  readonly schema: z.ZodType | null
  /** For a parameter without a link: its value, checked. */
  readonly value: unknown
  readonly isRequired: boolean
  readonly isLazy: boolean
  /** What the link brings is a list, and the node takes: all of it, or one item per run. */
  readonly takes: 'value' | 'item' | 'list' | 'value as list'
}

export interface PreparedNode {
  readonly node: AnyNode
  /** Inputs, then parameters, in the order of their declaration. */
  readonly slots: readonly Slot[]
  /** Whether it has to be asked what it needs. */
  readonly isLazy: boolean
}

/**
 * @param lists links that bring a list.
 * @throws TypeError naming the first parameter whose value is not allowed.
 */
export function prepare(
  node: AnyNode,
  { values }: WorkflowNode,
  links: readonly Link[],
  lists: ReadonlySet<Link>,
): PreparedNode {
  const linkTo = (name: string) => links.find(({ input }) => input === name) ?? null
  const inputs = Object.entries(node.inputs).map(([name, { optional, lazy, list }]): Slot => {
    const link = linkTo(name)
    const takes = takenFrom(link, lists, list ?? false)
    return {
      name,
      link,
      schema: null,
      value: undefined,
      isRequired: !optional,
      isLazy: lazy ?? false,
      takes,
    }
  })
  const params = Object.entries(node.params).map(([name, schema]): Slot => {
    const link = linkTo(name)
    const raw = values && Object.hasOwn(values, name) ? values[name] : undefined
    const value = link ? undefined : checkParam(name, schema, raw)
    return {
      name,
      link,
      schema,
      value,
      isRequired: true,
      isLazy: false,
      takes: takenFrom(link, lists, false),
    }
  })
  const slots = [...inputs, ...params]
  return { node, slots, isLazy: slots.some(({ isLazy, link }) => isLazy && link !== null) }
}

function takenFrom(link: Link | null, lists: ReadonlySet<Link>, takesLists: boolean): Slot['takes'] {
  const isList = link !== null && lists.has(link)
  if (takesLists) return isList ? 'list' : 'value as list'
  return isList ? 'item' : 'value'
}

/** @throws TypeError saying what the parameter must be. */
export function checkParam(name: string, schema: z.ZodType, value: unknown): unknown {
  const { data, error } = schema.safeParse(value)
  if (!error) return data
  const reasons = error.issues.map(({ path, message }) => [...path, message].join(': '))
  throw new TypeError(`parameter '${name}' cannot be used: ${reasons.join('; ')}`)
}
