/** Names that are free. */
import { nodeIdPattern } from '#workflows/format.ts'

/** The last word of a wish as a name, numbered until it is free. */
export function freshName(wish: string, isTaken: (name: string) => boolean): string {
  const word = wish
    .slice(wish.lastIndexOf('/') + 1)
    .replace(/[-_ ]+(\w)/g, (_, letter: string) => letter.toUpperCase())
  const base = nodeIdPattern.test(word) ? word.slice(0, 56) : 'node'
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base.replace(/\d+$/, '')}${count}`
    if (!isTaken(id)) return id
  }
}
