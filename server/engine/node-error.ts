/** The failure of one node: which, where, why, and what it was given. */
import { z } from 'zod'
import { Failure, type Sentence } from '#inference/failure.ts'
import type { Place } from './place.ts'
import { inWords } from './words.ts'

export interface FailedNode {
  /** The node's id in the workflow. */
  readonly node: string
  /** Display name of its type. */
  readonly title: string
  readonly place: Place
  /** In a sweep: the values of the cell, in words. */
  readonly cell: string | null
  /** What arrived, by input or parameter, as far as it did. */
  readonly inputs: Readonly<Record<string, unknown>>
}

/**
 * `message` reads `Cannot run node 'box1' (BoxGrounding): box 3 is inside out`, followed by one line per input.
 * `cause` is what was thrown, with its stack.
 */
export class NodeError extends Error {
  override readonly name = 'NodeError'
  readonly node: string
  /** The message without its inputs. */
  readonly summary: string
  /** What was thrown, for other languages; null when it has words of its own only. */
  readonly sentence: Sentence | null

  constructor({ node, title, place, cell, inputs }: FailedNode, cause: unknown) {
    const summary = `Cannot run node '${node}' (${title})${whereabouts(place, cell)}: ${reasonOf(cause)}`
    const lines = Object.entries(inputs).map(([name, value]) => `\n  ${name}: ${inWords(value)}`)
    super(lines.length > 0 ? `${summary}\nIt was given${lines.join('')}` : summary, { cause })
    this.node = node
    this.summary = summary
    this.sentence = cause instanceof Failure ? cause.sentence : null
  }
}

function whereabouts({ iteration, item }: Place, cell: string | null): string {
  const turn = (what: string, at: Place['item']) => (at ? ` in ${what} ${at.index + 1} of ${at.total}` : '')
  return turn('iteration', iteration) + turn('item', item) + (cell === null ? '' : ` at ${cell}`)
}

function reasonOf(cause: unknown): string {
  if (cause instanceof z.ZodError)
    return cause.issues.map(({ message, path }) => [...path, message].join(' ')).join('; ')
  const message = cause instanceof Error ? cause.message || cause.name : String(cause)
  return message.startsWith('Cannot ') ? `c${message.slice(1)}` : message
}
