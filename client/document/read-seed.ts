/** Seeds: whole numbers up to 2^64−1, held as a number while that is exact and as digits beyond. */
import { exactSeed } from '#nodes/seed.ts'

/** What a person typed as a seed; null when it is none. */
export function readSeed(text: string): number | string | null {
  const seed = exactSeed(text.trim())
  if (seed === null) return null
  return seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : seed.toString()
}
