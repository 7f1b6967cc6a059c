/** A config.json that asks for something these networks do not have. */
import type { z } from 'zod'

export class UnsupportedModelError extends Error {
  override readonly name = 'UnsupportedModelError'
}

/** What a field may be: `allowed` holds for its value, and `supported` says it in words. */
export interface Limit {
  readonly supported: string
  readonly allowed: (value: unknown) => boolean
}

/**
 * Refuses a config whose fields leave the limits. An absent field is always fine: it means the class default.
 *
 * @throws UnsupportedModelError naming every such field, its value and what is supported.
 */
export function checkLimits(
  place: string,
  config: Record<string, unknown>,
  limits: Record<string, Limit>,
): void {
  const faults = Object.entries(limits).flatMap(([field, { supported, allowed }]) => {
    const value = config[field]
    if (value === undefined || allowed(value)) return []
    return [`${field} is ${JSON.stringify(value)}, supported is ${supported}`]
  })
  if (faults.length) throw new UnsupportedModelError(`Cannot run ${place}: ${faults.join('; ')}`)
}

/** Only these values. */
export function oneOf(...values: readonly unknown[]): Limit {
  return {
    supported: values.map((value) => JSON.stringify(value)).join(' or '),
    allowed: (value) => values.includes(value),
  }
}

/** A list of which every item is one of these. */
export function listOf(...values: readonly unknown[]): Limit {
  return {
    supported: `a list of ${values.map((value) => JSON.stringify(value)).join(' or ')}`,
    allowed: (value) => Array.isArray(value) && value.every((item) => values.includes(item)),
  }
}

/**
 * Reads a config by its schema.
 *
 * @throws UnsupportedModelError naming the field that is wrong.
 */
export function parseConfig<T>(place: string, schema: z.ZodType<T>, config: unknown): T {
  const parsed = schema.safeParse(config)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)
  throw new UnsupportedModelError(`Cannot read ${place}: ${faults.join('; ')}`)
}
