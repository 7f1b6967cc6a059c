import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, type Answer } from './helpers/ask.ts'
import { startFakeServer, type ToyServer } from './helpers/toy-server.ts'

let server: ToyServer

beforeAll(async () => {
  server = await startFakeServer()
})

afterAll(() => server.close())

const send = (method: string, path: string): Promise<Answer> =>
  ask(server.port, { method, path, headers: { host: `127.0.0.1:${server.port}` } })

/** What differs from answer to answer by its nature. */
const natural = new Set([
  'date',
  'etag',
  'content-length',
  'connection',
  'keep-alive',
  'last-modified',
  'content-type',
])
const rest = ({ headers }: Answer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !natural.has(name)))

const always = {
  'content-security-policy':
    "default-src 'self';img-src 'self' blob: data:;connect-src 'self';style-src 'self' 'unsafe-inline';" +
    "object-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'self'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}

describe('the headers of an answer', () => {
  it.each(['/', '/index.html', '/sign-in'])(
    'to GET %s keep foreign code, frames and guesses out',
    async (path) => {
      const answer = await send('GET', path)
      expect(answer.status).toBe(200)
      expect(rest(answer)).toEqual({
        ...always,
        'accept-ranges': 'bytes',
        'cache-control': 'public, max-age=0',
      })
    },
  )

  it.each(['/none', '/assets/none.js', '/api/none', '/..%2f', '/%00'])(
    'to GET %s, where there is nothing, are the same',
    async (path) => {
      const answer = await send('GET', path)
      expect([400, 404]).toContain(answer.status)
      expect(rest(answer)).toMatchObject(always)
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    },
  )

  it('of every route of the table are the same, and nothing of it is kept by a browser', async () => {
    for (const { method, path } of server.routes) {
      const answer = await send(method, path.replace(/:\w+/g, '0'))
      const { 'set-cookie': cookie, 'access-control-allow-origin': shared, ...headers } = rest(answer)
      expect(shared, path).toBeUndefined()
      if (path !== '/api/session' && path !== '/api/sessions') expect(cookie, path).toBeUndefined()
      expect(headers, `${method} ${path}`).toMatchObject({ ...always, 'cache-control': 'no-store' })
    }
  })

  it('to what is refused are the same', async () => {
    const answer = await ask(server.port, { path: '/api/nodes', headers: { host: 'evil.example' } })
    expect([answer.status, rest(answer)]).toEqual([403, { ...always, 'cache-control': 'no-store' }])
  })

  it('never allow a page of another site to read', async () => {
    const headers = { host: `127.0.0.1:${server.port}`, origin: 'http://evil.example' }
    const preflight = { ...headers, 'access-control-request-method': 'POST' }
    const answer = await ask(server.port, { method: 'OPTIONS', path: '/api/jobs', headers: preflight })
    expect(answer.status).toBe(403)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})
