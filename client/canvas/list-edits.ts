/** What can be done to a list of drawn things, boxes and figures alike. Lists are replaced, never changed. */
import type { EditingMarks } from '#nodes/editing-marks.ts'

export function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, other) => other !== index)
}

export function replaced<T>(list: readonly T[], index: number, item: T): T[] {
  return list.map((old, other) => (other === index ? item : old))
}

/** The list with the item at `from` standing at `to`, as near as the list allows. */
export function reordered<T>(list: readonly T[], from: number, to: number): T[] {
  const item = list[from]
  if (item === undefined) return [...list]
  const rest = without(list, from)
  rest.splice(Math.min(Math.max(to, 0), rest.length), 0, item)
  return rest
}

/**
 * Where an item of `before` stands in the list of now; −1 where it is gone. One that was edited meanwhile is another
 * object in the same place.
 */
export function placeNow<T>(before: readonly T[], index: number, now: readonly T[]): number {
  const [item, other] = [before[index], now[index]]
  if (item !== undefined && now.includes(item)) return now.indexOf(item)
  return other !== undefined && now.length === before.length && !before.includes(other) ? index : -1
}

export type Mark = 'locked' | 'hidden' | 'off'

/** Sets a mark or takes it away: a file says only what is so. */
export function toggled<T extends EditingMarks>(list: readonly T[], index: number, mark: Mark): T[] {
  return list.map((item, other) => {
    if (other !== index) return item
    const { [mark]: was, ...rest } = item
    return (was ? rest : { ...item, [mark]: true }) as T
  })
}

export function coloured<T extends EditingMarks>(list: readonly T[], index: number, colour: string): T[] {
  return list.map((item, other) => (other === index ? { ...item, colour } : item))
}
