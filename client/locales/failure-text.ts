/** Why a run failed, in the language of the page. The server says it in English; what can be said otherwise has a code or a template. */
import type { FailureCode, Sentence } from '#workflows/protocol.ts'
import { own } from '../document/record.ts'
import failuresZh from './failures.zh-CN.ts'
import { i18n, translate } from './i18n.ts'

/** A run as a whole, or one as the queue lists it. */
interface Failed {
  readonly failure: FailureCode | null
  readonly message: string | null
}

interface FailedNode {
  readonly message?: string
  readonly sentence?: Sentence
}

const sentences: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'zh-CN': failuresZh }

/** The sentence of a failed run, or of one of its nodes; in the server's words where there are no others. */
export function failureText({ failure, message }: Failed, node?: FailedNode): string {
  const whole = message ?? ''
  const said = node?.message ?? whole
  if (i18n.global.locale.value === 'en' || failure === null) return said
  if (node && (failure === 'nodes' || !whole.includes(said))) return inWords(node.sentence) ?? said
  return translate(`failureText.${failure}`)
}

function inWords(sentence: Sentence | undefined): string | undefined {
  const language = i18n.global.locale.value
  const known = own(sentences, language) ?? {}
  const text = sentence && own(known, sentence.template)
  if (text === undefined) return undefined
  const say = (value: Sentence['values'][number] = '') => {
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string') return own(known, value) ?? value
    return new Intl.ListFormat(language).format(value.map((part) => own(known, part) ?? part))
  }
  return text.replace(/\{(\d+)\}/g, (_, index) => say(sentence?.values[Number(index)]))
}
