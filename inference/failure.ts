/**
 * Failures that a reader may say in another language. As in gettext, the English sentence with its slots open is the key:
 *
 *     throw failure`Cannot pick item ${index}: the list has ${length}`
 *
 * Who has words for 'Cannot pick item {0}: the list has {1}' fills them with the same values; everybody else shows the message.
 */

/** A text may itself have words in the other language; a list is said as the language says lists. */
export type SentenceValue = string | number | readonly string[]

export interface Sentence {
  /** `{0}`, `{1}` … stand where the values do. */
  readonly template: string
  readonly values: readonly SentenceValue[]
}

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly sentence: Sentence

  constructor(message: string, sentence: Sentence) {
    super(message)
    this.sentence = sentence
  }
}

const lists = new Intl.ListFormat('en')

/** Tags the English sentence. */
export function failure(parts: TemplateStringsArray, ...values: SentenceValue[]): Failure {
  const template = parts.reduce((text, part, i) => `${text}{${i - 1}}${part}`)
  const said = values.map((value) => (Array.isArray(value) ? lists.format(value) : String(value)))
  return new Failure(String.raw({ raw: parts }, ...said), { template, values })
}
