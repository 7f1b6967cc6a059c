/** What arrives at a node: values through links, items of lists, and which lazy inputs it asks for. */
import { failure } from '#inference/failure.ts'
import type { Outputs } from './cache.ts'
import type { Place } from './place.ts'
import { checkParam, type PreparedNode, type Slot } from './prepare.ts'

export type Values = Record<string, unknown>

/** What a node gave; undefined where it has not run. */
export type OutputsOf = (id: string) => Outputs | undefined

export interface Arriving {
  readonly prepared: PreparedNode
  readonly place: Place
  readonly outputsOf: OutputsOf
  /** Values that arrive in place of what the links bring. */
  readonly given?: Outputs
}

/** Fills `values` with all that is not lazy, as far as it gets, so that a failure can tell what there was. */
export function gatherEager(arriving: Arriving, values: Values): void {
  for (const slot of arriving.prepared.slots) if (!slot.isLazy) take(slot, arriving, values)
}

/** The same for the lazy inputs of these names. */
export function gatherLazy(arriving: Arriving, names: readonly string[], values: Values): void {
  for (const slot of arriving.prepared.slots)
    if (slot.isLazy && names.includes(slot.name)) take(slot, arriving, values)
}

/** The lazy inputs that a node asks for, given everything else. */
export function neededLazily({ node, isLazy }: PreparedNode, values: Values): readonly string[] {
  return isLazy ? (node.needs?.({ ...values }) ?? []) : []
}

function take(slot: Slot, { place, outputsOf, given = {} }: Arriving, values: Values): void {
  const { name, link, schema, value, isRequired } = slot
  const arrived = link ? (given[name] ?? pick(slot, place, outputsOf)) : undefined
  if (link && schema) values[name] = checkParam(name, schema, arrived)
  else if (schema) values[name] = value
  else if (arrived !== undefined) values[name] = arrived
  else if (isRequired) throw failure`nothing arrives at its input '${name}'`
}

function pick({ link, takes }: Slot, { item }: Place, outputsOf: OutputsOf): unknown {
  const value = link && outputsOf(link.from)?.[link.output]
  if (value === undefined || value === null) return undefined
  if (takes === 'item') return (value as readonly unknown[])[item?.index ?? 0]
  return takes === 'value as list' ? [value] : value
}

/**
 * How many items arrive at a unit that runs once per item.
 *
 * @param asked lazy inputs that some item asks for; the others do not count, whether their values are there or not.
 * @throws Failure when lists of different lengths arrive.
 */
export function countItems(
  nodes: readonly PreparedNode[],
  outputsOf: OutputsOf,
  asked: ReadonlySet<string>,
): number {
  const lengths = nodes.flatMap(({ slots }) =>
    slots.flatMap(({ name, link, takes, isLazy }) => {
      if (!link || takes !== 'item' || (isLazy && !asked.has(name))) return []
      const list = outputsOf(link.from)?.[link.output]
      return Array.isArray(list) ? [{ name, length: list.length }] : []
    }),
  )
  const [first] = lengths
  const other = lengths.find(({ length }) => length !== first?.length)
  if (first && other)
    throw failure`its '${first.name}' gets a list of ${first.length} and its '${other.name}' one of ${other.length}, lists that are taken item by item must be equally long`
  return first?.length ?? 1
}
