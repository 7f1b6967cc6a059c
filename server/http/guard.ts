/** Who may speak to a server on this machine: pages it served itself and programs of this machine, no other web page. */
import type { IncomingHttpHeaders } from 'node:http'

export interface Refusal {
  readonly code: 'foreign-host' | 'foreign-origin'
  readonly message: string
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Why a request is refused; null when it may pass.
 *
 * The Host must be a loopback name with our port: a foreign name that resolves to this machine is DNS rebinding. The
 * Origin, which a browser always sends where it matters, must be that of the Host; programs send none.
 */
export function refusalOf(headers: IncomingHttpHeaders, port: number): Refusal | null {
  const host = headers.host?.toLowerCase() ?? ''
  if (!loopbackNames.some((name) => host === `${name}:${port}` || (port === 80 && host === name)))
    return {
      code: 'foreign-host',
      message: `Cannot answer for this Host, open http://127.0.0.1:${port} instead`,
    }
  const { origin } = headers
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`)
    return { code: 'foreign-origin', message: 'Cannot answer a page of another site' }
  return null
}
