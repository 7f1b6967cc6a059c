/** How much a workflow may hold. A file beyond these is refused before anything else looks at it. */
export const limits = {
  /** Those that subgraphs stand for included; a subgraph costs no less than a node, used or not. */
  nodes: 4000,
  links: 20_000,
  /** Ports and parameters of all subgraphs. */
  ports: 10_000,
  /** Combinations of values in a sweep. */
  cells: 64,
  /** Pixels that one run may look at, each as often as it does: 1000 steps at 4096 × 4096, nearly four times over. */
  work: 64e9,
  /** Bytes of what all nodes give together. */
  valueBytes: 16 * 1024 ** 3,
  /** Subgraphs inside one another. */
  subgraphDepth: 16,
  /** UTF-16 code units of any one text or key. */
  textLength: 65_536,
  /** Objects and arrays inside one another. */
  depth: 32,
  /** Entries of any one object or list. */
  entries: 10_000,
  /** Texts, numbers, booleans, objects and arrays altogether. */
  parts: 100_000,
  /** Faults reported at once. */
  faults: 200,
  /** A name is compared with so many others, no longer than this, to guess what it was meant to be. */
  guesses: 100,
  guessedLength: 64,
} as const
