/** A fault of a workflow, as data: all are returned at once, none is thrown. */

export const faultCodes = [
  'format',
  'unknown-node',
  'unknown-port',
  'unknown-param',
  'wrong-link',
  'missing-input',
  'wrong-value',
  'cycle',
  'loop',
  /** Lists of lists, a list made inside a loop, and such. */
  'list',
  'sweep',
  'too-large',
  /** There are more faults than are told at once. */
  'more',
  /** It could run, but would take more time or memory than one run may. */
  'too-costly',
  /** The workflow may be fine, but the server has too much to do to take it. */
  'busy',
  /** The key of the request was used for another one. */
  'key-used',
] as const

export type FaultCode = (typeof faultCodes)[number]

export interface Fault {
  readonly code: FaultCode
  /** Where in the file, such as `['nodes', 'box1', 'values', 'boxes', 2]`. */
  readonly path: readonly (string | number)[]
  /** A sentence: what is wrong, and what to do. */
  readonly message: string
}
