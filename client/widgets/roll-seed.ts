/** A seed that is easy to read aloud: below 2^32. */
export function rollSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
}
