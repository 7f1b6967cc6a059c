/** Says why a node ran: as data for the editor, and in words. */
import type { RunReason } from '#workflows/protocol.ts'
import type { KeyParts } from './keys.ts'

/** What differs between two arrivals at one place; `before` is null where nothing had arrived yet. */
export function whyRan(before: KeyParts | null, now: KeyParts): readonly RunReason[] {
  if (!before) return [{ kind: 'first' }]
  const names = [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) => before.get(name) !== now.get(name),
  )
  return names.length > 0 ? names.map((name) => ({ kind: 'changed', name })) : [{ kind: 'not-kept' }]
}

/** The same reasons, of a node that ran from a later step of its loop on; `iteration` is 0-based, 0 outside loops. */
export function fromIteration(reasons: readonly RunReason[], iteration: number): readonly RunReason[] {
  return iteration > 0 ? reasons.map((reason) => ({ ...reason, fromStep: iteration + 1 })) : reasons
}

/** Such as `text changed`, or `text and model changed, from step 7`. */
export function reasonsInWords(reasons: readonly RunReason[]): string {
  const [first] = reasons
  if (!first) return ''
  const from = first.fromStep === undefined ? '' : `, from step ${first.fromStep}`
  return (first.kind === 'changed' ? changesInWords(reasons) : phrases[first.kind]) + from
}

const phrases = {
  first: 'first run',
  'not-kept': 'its result was no longer kept',
  'side-effect': 'side effect',
  volatile: 'looks anew every time',
}

function changesInWords(reasons: readonly RunReason[]): string {
  const names = reasons.flatMap((reason) => (reason.kind === 'changed' ? [reason.name] : []))
  if (names.length > 3) return `${names.length} of its inputs changed`
  const last = names.pop()
  return names.length > 0 ? `${names.join(', ')} and ${last} changed` : `${last} changed`
}
