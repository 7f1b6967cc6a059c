/** Which requests are answered at all: those to a name of ours, from a page of ours or from a program; no other web page's. */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** What of a request counts here; Node's requests are of this shape. */
export interface Question {
  readonly method?: string | undefined
  readonly headers: IncomingHttpHeaders
  /** The address of ours that it came to. */
  readonly socket: { readonly localAddress?: string | undefined }
}

/** What the server answers to. */
export interface House {
  readonly port: number
  /** Names beside the addresses, lower case, each perhaps with a port. */
  readonly names: readonly string[]
}

export interface Refusal {
  readonly code: 'foreign-host' | 'foreign-origin'
  readonly message: string
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Why a request is refused; null when it may pass.
 *
 * The Host must be ours: a foreign name that resolves to this machine is DNS rebinding. The Origin, which a browser
 * always sends where it matters, must be that of the Host; where it sends none, it says whether the page is of the same
 * site. Programs send neither.
 */
export function refusalOf(question: Question, house: House): Refusal | null {
  const { port } = house
  const host = hostOf(question)
  const isNamed = isNamedIn(house, question)
  const isOurs = [...loopbackNames, ...ownAddresses(question)].some(
    (name) => host === `${name}:${port}` || (port === 80 && host === name),
  )
  if (!isNamed && !isOurs)
    return {
      code: 'foreign-host',
      message: `Cannot answer for this Host: open http://127.0.0.1:${port}, or start with --allow-host and its name`,
    }
  const origins = [`http://${host}`, ...(isNamed ? [`https://${host}`] : [])]
  const { origin } = question.headers
  if ((origin !== undefined && !origins.includes(origin.toLowerCase())) || isForeignFetch(question))
    return { code: 'foreign-origin', message: 'Cannot answer a page of another site' }
  return null
}

/** Whether the request came to one of the names beside our addresses. */
export function isNamedIn({ port, names }: House, question: Question): boolean {
  const host = hostOf(question)
  return names.some((name) => host === name || host === `${name}:${port}`)
}

function hostOf({ headers }: Question): string {
  return headers.host?.toLowerCase() ?? ''
}

/** The address that the request came to, as a browser writes it. A page cannot make its own name look like one. */
function ownAddresses({ socket: { localAddress = '' } }: Question): string[] {
  const address = localAddress.replace(/^::ffff:/, '')
  return { 0: [], 4: [address], 6: [`[${address}]`] }[isIP(address)] ?? []
}

/** Whether a page of another site fetches something. That a link there opens ours as a page does no harm. */
function isForeignFetch({ method, headers }: Question): boolean {
  const site = headers['sec-fetch-site'] ?? 'none'
  if (site === 'none' || site === 'same-origin') return false
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return method !== 'GET' || !isVisit
}
