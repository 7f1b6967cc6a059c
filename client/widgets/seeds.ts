/** Seeds: whole numbers up to 2^64−1, held as a number while that is exact and as digits beyond. */

export const largestSeed = 2n ** 64n - 1n

/** What a person typed as a seed; null when it is none. */
export function readSeed(text: string): number | string | null {
  if (!/^\d{1,20}$/.test(text.trim())) return null
  const seed = BigInt(text.trim())
  if (seed > largestSeed) return null
  return seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : seed.toString()
}

/** A seed that is easy to read aloud: below 2^32. */
export function rollSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
}
