/** Guesses what somebody meant who mistyped a name. Bounded: a stranger chooses how many names there are. */
import { limits } from './limits.ts'

const mostTypos = 3

/** The known name closest to the given one, or null where none is close. */
export function nearest(given: string, known: Iterable<string>): string | null {
  if (given.length > limits.guessedLength) return null
  const wanted = given.toLowerCase()
  let best: string | null = null
  let least = Math.min(mostTypos, Math.max(2, Math.floor(given.length / 3))) + 1
  let left: number = limits.guesses
  for (const name of known) {
    if (left-- === 0) break
    if (Math.abs(name.length - given.length) >= least) continue
    const distance = editDistance(wanted, name.toLowerCase(), least)
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

/** Two lines of the table of distances, used again and again. */
let above = new Uint8Array(limits.guessedLength * 2)
let below = new Uint8Array(limits.guessedLength * 2)

/**
 * Levenshtein's distance, letters to insert, delete or replace, where it is below `most`; else `most` or more. Looks only at
 * alignments that can be below.
 *
 * @param b not much longer than `a`, which is a name that is guessed
 */
function editDistance(a: string, b: string, most: number): number {
  for (let j = 0; j <= b.length; j++) above[j] = Math.min(j, most)
  for (let i = 1; i <= a.length; i++) {
    const [first, last] = [Math.max(1, i - most), Math.min(b.length, i + most)]
    below[first - 1] = first === 1 ? Math.min(i, most) : most
    let least = below[first - 1] ?? most
    for (let j = first; j <= last; j++) {
      const replaced = (above[j - 1] ?? most) + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1)
      const distance = Math.min(replaced, (above[j] ?? most) + 1, (below[j - 1] ?? most) + 1, most)
      below[j] = distance
      if (distance < least) least = distance
    }
    if (last < b.length) below[last + 1] = most
    if (least >= most) return most
    ;[above, below] = [below, above]
  }
  return above[b.length] ?? most
}
