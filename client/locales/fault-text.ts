/** What is wrong with a workflow, in the language of the page. The server says it in English, with everything it knows. */
import type { Fault } from '#workflows/fault.ts'
import { i18n, translate } from './i18n.ts'

/** The sentence of a fault: the server's own in English, else one by its code and place. */
export function sayFault({ code, path, message }: Fault): string {
  if (i18n.global.locale.value === 'en') return message
  const [part, node] = path
  const isNode = part === 'nodes' && node !== undefined
  const place = path.slice(isNode ? 3 : 0).map(step)
  return translate(`faultText.${code}`, { node: isNode ? node : '', place: place.join(' · ') })
}

/** Lists are counted from one where people read. */
const step = (part: string | number) => (typeof part === 'number' ? String(part + 1) : part)
