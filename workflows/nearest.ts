/** Guesses what somebody meant who mistyped a name. Bounded: a stranger chooses how many names there are. */
import { limits } from './limits.ts'

/** The known name closest to the given one, or null where none is close. */
export function nearest(given: string, known: Iterable<string>): string | null {
  if (given.length > limits.guessedLength) return null
  let best: string | null = null
  let least = Math.max(2, Math.floor(given.length / 3)) + 1
  let left: number = limits.guesses
  for (const name of known) {
    if (left-- === 0) break
    if (Math.abs(name.length - given.length) >= least) continue
    const distance = editDistance(given.toLowerCase(), name.toLowerCase())
    if (distance >= least) continue
    best = name
    least = distance
  }
  return best
}

/** `, did you mean 'x'?` for the nearest known name; otherwise what there is, or nothing where there is nothing. */
export function suggest(given: string, known: readonly string[]): string {
  const guess = nearest(given, known)
  if (guess !== null) return `, did you mean '${guess}'?`
  return known.length > 0 ? `, there is ${listNames(known)}` : ''
}

const namesListed = 12

/** `'a', 'b' and 3 more`. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, namesListed).map((name) => `'${name}'`)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

/** Levenshtein's distance: letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1])
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    above = row
  }
  return above[b.length] ?? 0
}
