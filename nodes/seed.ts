/** A seed as it stands in a file: exact up to 2^64−1, so beyond 2^53 it is a string of digits, never rounded. */
import { z } from 'zod'

export const largestSeed = 2n ** 64n - 1n

const sentence = 'must be a whole number from 0 to 18446744073709551615; write large ones as text, in quotes'

export const seed = z
  .union([z.number(), z.string()], { error: sentence })
  .transform((value, check) => {
    const exact = exactSeed(value)
    if (exact !== null) return exact
    check.addIssue({ code: 'custom', message: sentence, input: value })
    return z.NEVER
  })
  .prefault(0)

/** The seed as a whole number, or null where the value is none or was already rounded. */
export function exactSeed(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return null
  const seed = BigInt(value)
  return seed <= largestSeed ? seed : null
}
