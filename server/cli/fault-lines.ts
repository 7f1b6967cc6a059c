/** Faults of a workflow as lines for people. */
import type { Fault } from '#workflows/fault.ts'

/** One line per fault: its place in the file, then the sentence. */
export function faultLines(faults: readonly Fault[]): string[] {
  return faults.map(({ path, message }) => (path.length > 0 ? `${placeOf(path)}: ${message}` : message))
}

/** Such as `nodes.box1.values.boxes[2]`. */
function placeOf(path: Fault['path']): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('')
}

/** Such as `2 faults`. */
export function countFaults(faults: readonly Fault[]): string {
  return faults.length === 1 ? '1 fault' : `${faults.length} faults`
}
