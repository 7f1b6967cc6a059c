import fc from 'fast-check'
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Gate } from '#server/access/gate.ts'
import { onlyThisMachine, reachOf, type Reach } from '#server/access/reach.ts'
import { Sessions } from '#server/access/sessions.ts'
import { admit } from '#server/http/entry.ts'
import { HttpError } from '#server/http/http-error.ts'
import { limits } from '#server/limits.ts'
import { ask, type Question } from './helpers/ask.ts'
import { startFakeServer, type ToyServer } from './helpers/toy-server.ts'

const token = 'a token of this test'

describe('a start', () => {
  const own = 'x'.repeat(limits.tokenLength)
  it.each([
    ['127.0.0.1', false, undefined, 'open to this machine'],
    ['127.0.0.1', true, undefined, 'asks for a token'],
    ['127.0.0.1', false, own, 'asks for a token'],
    ['localhost', false, undefined, 'open to this machine'],
    ['127.8.9.10', false, undefined, 'open to this machine'],
    ['::1', false, undefined, 'open to this machine'],
    ['0.0.0.0', false, undefined, 'others could reach it'],
    ['0.0.0.0', true, undefined, 'asks for a token'],
    ['0.0.0.0', false, own, 'asks for a token'],
    ['0.0.0.0', false, '', 'others could reach it'],
    ['::', false, undefined, 'others could reach it'],
    ['::ffff:127.0.0.1', false, undefined, 'others could reach it'],
    ['192.168.1.5', false, undefined, 'others could reach it'],
    ['192.168.1.5', false, own, 'asks for a token'],
    ['192.168.1.5', true, own.slice(1), 'needs at least 16'],
    ['192.168.1.5', true, `${own}x`, 'asks for a token'],
    ['example.com', true, undefined, 'write an address of this machine'],
    ['', true, undefined, 'write an address of this machine'],
    ['127.0.0.1.evil.example', false, undefined, 'write an address of this machine'],
  ])('on %s with --token %s and the variable %s: %s', (host, wish, variable, outcome) => {
    const attempt = () => {
      const reach = reachOf({ host, token: wish }, variable)
      return reach.token === null ? 'open to this machine' : 'asks for a token'
    }
    if (outcome.startsWith('open') || outcome.startsWith('asks')) expect(attempt()).toBe(outcome)
    else expect(attempt).toThrow(outcome)
  })

  it('makes another token each time', () => {
    const tokens = Array.from({ length: 20 }, () => reachOf({ token: true }, undefined).token)
    expect(new Set(tokens).size).toBe(20)
    for (const made of tokens) expect(made).toMatch(/^[\w-]{32}$/)
  })

  it('takes names that a proxy may use, and nothing that is none', () => {
    const names = ['Studio.example', 'studio.example:8443', '[fd00::5]:80']
    expect(reachOf({ 'allow-host': names }, own).names).toEqual(names.map((name) => name.toLowerCase()))
    for (const odd of ['', '*', 'http://x', 'a b', 'x/y', 'x:y', '.x'])
      expect(() => reachOf({ 'allow-host': [odd] }, own)).toThrow('write a name')
  })

  it('takes no name without a token: who comes through a proxy is not this machine', () => {
    expect(() => reachOf({ 'allow-host': ['studio.example'] }, undefined)).toThrow(
      "Cannot allow the host 'studio.example': who comes by that name could run what they like, add --token",
    )
    expect(reachOf({ 'allow-host': ['studio.example'], token: true }, undefined).token).not.toBeNull()
  })

  it('is refused by the server itself too, whoever starts it', async () => {
    await expect(startFakeServer({ ...onlyThisMachine, address: '0.0.0.0' })).rejects.toThrow(
      'Cannot listen on 0.0.0.0: others could reach it and run what they like, add --token',
    )
  })
})

describe('the sessions', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('know the token and nothing else', () => {
    const sessions = new Sessions(token)
    expect(sessions.isToken(token)).toBe(true)
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(text !== token)
        expect(sessions.isToken(text)).toBe(false)
        expect(sessions.nameOf(text)).toBeNull()
      }),
      { numRuns: 200 },
    )
  })

  it(`are ${limits.sessions} at most: of one more the oldest ends, with what hangs on it`, () => {
    const sessions = new Sessions(token)
    const ended = vi.fn()
    const first = sessions.begin()
    sessions.attach(first, ended)
    const others = Array.from({ length: limits.sessions - 1 }, () => sessions.begin())
    expect([sessions.nameOf(first), ended.mock.calls.length]).toEqual(['session 1', 0])
    const last = sessions.begin()
    expect([sessions.nameOf(first), ended.mock.calls.length]).toEqual([null, 1])
    for (const secret of [...others, last]) expect(sessions.nameOf(secret)).not.toBeNull()
  })

  it('end after a week', () => {
    const sessions = new Sessions(token)
    const secret = sessions.begin()
    vi.advanceTimersByTime(limits.sessionMs - 1)
    expect(sessions.nameOf(secret)).toBe('session 1')
    vi.advanceTimersByTime(1)
    expect(sessions.nameOf(secret)).toBeNull()
  })

  it('close at once what comes after their end', () => {
    const close = vi.fn()
    new Sessions(token).attach('never begun', close)
    expect(close).toHaveBeenCalledOnce()
  })

  it('no longer close what took itself back', () => {
    const sessions = new Sessions(token)
    const secret = sessions.begin()
    const close = vi.fn()
    sessions.attach(secret, close)()
    sessions.end(secret)
    expect(close).not.toHaveBeenCalled()
  })
})

describe('a server that asks for a token', () => {
  let server: ToyServer

  beforeAll(async () => {
    server = await startFakeServer({ address: '127.0.0.1', names: ['studio.example'], token } satisfies Reach)
  })

  afterAll(() => server.close())

  const send = (question: Partial<Question>) => ask(server.port, { path: '/api/nodes', ...question })
  const own = () => ({ host: `127.0.0.1:${server.port}`, origin: server.url })
  const signIn = (text: string, headers: Record<string, string> = {}) =>
    send({
      method: 'POST',
      path: '/api/session',
      headers: { ...own(), 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token: text }),
    })

  /** Signs in and gives the cookie as the browser would send it. */
  async function cookie(): Promise<string> {
    const { status, headers } = await signIn(token)
    expect(status).toBe(204)
    return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  }

  it.each([
    ['GET', '/api/nodes', 401],
    ['GET', '/api/nothing', 404],
    ['GET', `/api/pictures/${'a'.repeat(64)}`, 401],
    ['POST', '/api/jobs', 401],
    ['DELETE', '/api/jobs/none', 401],
    ['GET', '/api/session', 401],
    ['DELETE', '/api/sessions', 401],
    ['GET', '/', 303],
    ['GET', '/index.html', 303],
    ['GET', '/sign-in', 200],
    ['GET', '/healthz', 200],
  ])('answers %s %s of a stranger with %i', async (method, path, status) => {
    const answer = await send({ method, path, headers: own() })
    expect(answer.status).toBe(status)
    if (status === 303) expect(answer.headers['location']).toBe('/sign-in')
  })

  it('gives a cookie that no script can read and no other site sends', async () => {
    const { headers } = await signIn(token)
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^groundwork-${server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
      ),
    ])
  })

  it('gives it for TLS only where it was asked through TLS', async () => {
    const { headers } = await signIn(token, { host: 'studio.example', origin: 'https://studio.example' })
    expect(headers['set-cookie']?.[0]).toContain('; Secure')
  })

  it('opens to the cookie until the session ends', async () => {
    const headers = { ...own(), cookie: `other=1; ${await cookie()}` }
    expect((await send({ headers })).status).toBe(200)
    expect((await send({ path: '/', headers })).status).toBe(200)
    expect((await send({ method: 'DELETE', path: '/api/session', headers })).status).toBe(204)
    expect((await send({ headers })).status).toBe(401)
  })

  it('lets a cookie change something only from a page that names its Origin', async () => {
    const headers = { host: own().host, cookie: await cookie() }
    const answer = await send({ method: 'DELETE', path: '/api/jobs/none', headers })
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([403, 'no-origin'])
    const named = { ...headers, origin: server.url }
    expect((await send({ method: 'DELETE', path: '/api/jobs/none', headers: named })).status).toBe(404)
  })

  it('opens to a program that sends the token, and to no other', async () => {
    const program = (authorization: string) => send({ headers: { host: own().host, authorization } })
    expect((await program(`Bearer ${token}`)).status).toBe(200)
    expect((await program(`Bearer ${token}x`)).status).toBe(401)
    expect((await program(`Basic ${token}`)).status).toBe(401)
    expect((await program('Bearer')).status).toBe(401)
  })

  it('does not take the token from the address', async () => {
    expect((await send({ path: `/api/nodes?token=${encodeURIComponent(token)}` })).status).toBe(401)
  })

  it('still refuses other sites and other names, whatever they hold', async () => {
    const headers = { cookie: await cookie() }
    const evil = { ...headers, host: own().host, origin: 'http://evil.example' }
    expect((await send({ headers: evil })).status).toBe(403)
    expect((await send({ headers: { ...headers, host: 'evil.example' } })).status).toBe(403)
  })

  describe('over a socket', () => {
    async function connect(extraHeaders: Record<string, string>): Promise<Socket | string> {
      const socket = io(server.url, {
        transports: ['websocket'],
        extraHeaders,
        reconnection: false,
        forceNew: true,
      })
      return new Promise((resolve) => {
        socket.once('connect', () => resolve(socket))
        socket.once('connect_error', (error) => resolve(error.message))
      })
    }

    async function opened(extraHeaders: Record<string, string>): Promise<Socket> {
      const socket = await connect(extraHeaders)
      if (typeof socket === 'string') throw new Error(socket)
      return socket
    }

    it('refuses strangers', async () => {
      expect(await connect({ origin: server.url })).toBe('websocket error')
      expect(await connect({ authorization: 'Bearer wrong' })).toBe('websocket error')
    })

    it('refuses a cookie without an Origin from another page', async () => {
      expect(await connect({ cookie: await cookie(), origin: 'http://evil.example' })).toBe('websocket error')
    })

    it('takes programs with the token', async () => {
      ;(await opened({ authorization: `Bearer ${token}` })).close()
    })

    it('loses its sockets when the session is revoked, and no other one does', async () => {
      const [one, two] = [await cookie(), await cookie()]
      const sockets = [await opened({ cookie: one }), await opened({ cookie: two })] as const
      const lost = new Promise((resolve) => sockets[0].once('disconnect', resolve))
      await send({ method: 'DELETE', path: '/api/session', headers: { ...own(), cookie: one } })
      expect(await lost).toBe('io server disconnect')
      expect(await connect({ cookie: one })).toBe('websocket error')
      expect(await sockets[1].emitWithAck('validate', { workflow: {} })).toHaveProperty('faults')
      const allLost = new Promise((resolve) => sockets[1].once('disconnect', resolve))
      await send({ method: 'DELETE', path: '/api/sessions', headers: { ...own(), cookie: two } })
      expect(await allLost).toBe('io server disconnect')
    })
  })

  it('bounds the guesses, and what comes in time is still let in', async () => {
    const other = await startFakeServer({ ...onlyThisMachine, token })
    try {
      const guess = async (text: string) => {
        const headers = { host: `127.0.0.1:${other.port}`, 'content-type': 'application/json' }
        const body = JSON.stringify({ token: text })
        return (await ask(other.port, { method: 'POST', path: '/api/session', headers, body })).status
      }
      const statuses: number[] = []
      for (let i = 1; i < limits.signInsPerMinute; i++) statuses.push(await guess(`wrong ${i}`))
      expect(new Set(statuses)).toEqual(new Set([401]))
      expect(await guess(token)).toBe(204)
      expect(await guess(token)).toBe(429)
    } finally {
      await other.close()
    }
  })

  it.each([
    ['text/plain', JSON.stringify({ token }), 415],
    ['application/json', '{"token":1}', 400],
    ['application/json', '{"token":"x","more":1}', 400],
    ['application/json', '[', 400],
    ['application/json', JSON.stringify({ token: 'x'.repeat(1001) }), 400],
  ])('refuses a sign-in of type %s with body %.12s', async (type, body, status) => {
    const server = await startFakeServer({ ...onlyThisMachine, token })
    const headers = { host: `127.0.0.1:${server.port}`, 'content-type': type }
    const answer = await ask(server.port, { method: 'POST', path: '/api/session', headers, body })
    await server.close()
    expect(answer.status).toBe(status)
  })
})

it('a server that asks for no token takes none for one', async () => {
  const server = await startFakeServer()
  const headers = { host: `127.0.0.1:${server.port}`, 'content-type': 'application/json' }
  const question = { method: 'POST', path: '/api/session', headers, body: '{"token":""}' }
  const [wrong, open] = [
    await ask(server.port, question),
    await ask(server.port, { path: '/api/session', headers }),
  ]
  await server.close()
  expect([wrong.status, open.text]).toEqual([401, '{"signedIn":true,"asksForToken":false}'])
})

describe('what only programs of the same machine may ask', () => {
  const gate = new Gate({ address: '0.0.0.0', names: ['studio.example'], token }, () => 8199)
  const route = { access: 'machine', method: 'GET', path: '/metrics', summary: '', answers: {} } as const

  /** The code of the refusal; null for whoever is let through. */
  function refusalOf(remoteAddress: string, host: string): string | null {
    const request = {
      method: 'GET',
      headers: { host, authorization: `Bearer ${token}` },
      socket: { remoteAddress },
    }
    const [guard] = admit(gate)({ ...route, handle: vi.fn() })
    try {
      void guard?.(request as never, { locals: {} } as never, () => undefined)
      return null
    } catch (error) {
      return error instanceof HttpError ? error.code : String(error)
    }
  }

  it.each([
    ['127.0.0.1', '127.0.0.1:8199', null],
    ['::1', '[::1]:8199', null],
    ['::ffff:127.0.0.1', 'localhost:8199', null],
    ['192.168.0.7', '192.168.0.2:8199', 'other-machine'],
    ['2001:db8::1', '[2001:db8::2]:8199', 'other-machine'],
    ['127.0.0.1', 'studio.example', 'other-machine'],
    ['127.0.0.1', 'Studio.Example:8199', 'other-machine'],
  ])('is answered from %s at %s with %s', (address, host, refusal) => {
    expect(refusalOf(address, host)).toBe(refusal)
  })
})
