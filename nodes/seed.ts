/** A seed as it stands in a file: exact up to 2^64−1, so beyond 2^53 it is a string of digits, never rounded. */
import { z } from 'zod'

const largest = 2n ** 64n - 1n

const sentence = 'must be a whole number from 0 to 18446744073709551615; write large ones as text, in quotes'

export const seed = z
  .union([z.int().nonnegative(), z.string().regex(/^\d{1,20}$/)], { error: sentence })
  .transform((value, check) => {
    const exact = BigInt(value)
    if (exact > largest) check.addIssue({ code: 'custom', message: sentence, input: value })
    return exact
  })
  .prefault(0)
