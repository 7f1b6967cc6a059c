/** How sentences call a model: by its id, and its adapter where it has one. */
import type { ModelRef } from './values.ts'

export function nameModel({ id, adapter }: ModelRef): string {
  return adapter === undefined ? `'${id}'` : `'${id}' (${adapter})`
}
