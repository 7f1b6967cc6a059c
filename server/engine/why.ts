/** Says in words why a node ran. */
import type { KeyParts } from './keys.ts'

/** What differs between two arrivals, such as `text changed` or `text and model changed`. */
export function whyRan(before: KeyParts | null, now: KeyParts): string {
  if (!before) return 'first run'
  const names = [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) => before.get(name) !== now.get(name),
  )
  if (names.length === 0) return 'its result was no longer kept'
  if (names.length > 3) return `${names.length} of its inputs changed`
  const last = names.pop()
  return names.length > 0 ? `${names.join(', ')} and ${last} changed` : `${last} changed`
}
