/** What is wrong with a workflow, in the language of the page, at a place where the node is named already. */
import type { NodeInfo, ParamInfo } from '#nodes/node-info.ts'
import type { Fault } from '#workflows/fault.ts'
import { own } from '../document/record.ts'
import { i18n, translate } from './i18n.ts'

/** In few words: by the code of the fault, its place and what is known of its node. */
export function faultText({ code, path }: Fault, info: NodeInfo | undefined): string {
  const [part, node, kind, name] = path
  const isNode = part === 'nodes' && node !== undefined
  const title = isNode && typeof name === 'string' ? titleIn(info, kind, name) : undefined
  const place = path.slice(isNode ? 3 : 0).map(step)
  if (title !== undefined) place[0] = title
  const param = kind === 'values' && path.length === 4 ? own(info?.params, String(name)) : undefined
  const wish = param ? wishFor(param) : ''
  return translate(`faultText.${code}`, { place: place.join(' · '), wish })
}

function titleIn(info: NodeInfo | undefined, kind: unknown, name: string): string | undefined {
  const param = own(info?.params, name)?.title
  return kind === 'inputs' ? (own(info?.inputs, name)?.title ?? param) : param
}

/** Lists are counted from one where people read. */
const step = (part: string | number) => (typeof part === 'number' ? String(part + 1) : part)

const either = (choices: readonly string[]) =>
  new Intl.ListFormat(i18n.global.locale.value, { type: 'disjunction' }).format(choices)

/** What a value must be: its kind, and how far it may go; empty where that takes more than a few words. */
function wishFor({ widget, min, max, choices = [], maxLength, form, holds }: ParamInfo): string {
  if (widget === 'boxes' || widget === 'keypoints' || form || holds) return ''
  if (widget === 'choice') return translate('wish.choice', { choices: either(choices) })
  const limits = [...(min === undefined ? [] : ['min']), ...(max === undefined ? [] : ['max'])].join('-')
  if (maxLength !== undefined) return translate('wish.length', { maxLength })
  const within = limits === '' ? '' : translate(`wish.${limits}`, { min, max })
  return translate(`wish.${widget}`, { within })
}
