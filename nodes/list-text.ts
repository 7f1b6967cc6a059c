/** Lists as people write them: one entry per line, or numbers with commas between. */
import { z } from 'zod'

/** The most items of a list: every one of them may be a run of a model. As many as cells of a sweep; what a run costs is
 *  estimated with it. */
export const mostItems = 64

/** Entries of a text, one per line; empty lines are none. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/**
 * Numbers as text: separated by commas, spaces or line ends, `3..6` for 3, 4, 5, 6.
 *
 * @returns null where a part of it is no such number.
 */
export function numbersOf(text: string, isWhole: boolean): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  const numbers: number[] = []
  for (const part of parts) {
    const range = /^(-?\d+)\.\.(-?\d+)$/.exec(part)
    const [from, to] = range ? [Number(range[1]), Number(range[2])] : [Number(part), Number(part)]
    if (!Number.isFinite(from) || to < from || to - from >= mostItems) return null
    if ((isWhole || range) && !(Number.isSafeInteger(from) && Number.isSafeInteger(to))) return null
    if (range) for (let number = from; number <= to; number++) numbers.push(number)
    else numbers.push(from)
    if (numbers.length > mostItems) return null
  }
  return numbers
}

/** What a list that is written as a text is made of. */
export type ListKind = 'whole numbers' | 'numbers' | 'lines'

const sentences: Readonly<Record<ListKind, string>> = {
  'whole numbers': `must be up to ${mostItems} whole numbers, such as 1, 2, 3 or 1..8`,
  numbers: `must be up to ${mostItems} numbers, such as 0.3, 0.5, 1`,
  lines: `must have at most ${mostItems} lines`,
}

/** What is wrong with a text that is to hold a list; null where nothing is. */
export function listFault(text: string, kind: ListKind): string | null {
  const isList =
    kind === 'lines' ? linesOf(text).length <= mostItems : numbersOf(text, kind === 'whole numbers') !== null
  return isList ? null : sentences[kind]
}

/** A parameter that holds a list as text; its meta says `holds`, too. */
export function listText(kind: ListKind) {
  return z
    .string()
    .max(20_000)
    .refine((text) => listFault(text, kind) === null, sentences[kind])
}
