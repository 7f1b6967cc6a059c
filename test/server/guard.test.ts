import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from '#server/http/guard.ts'
import { io } from 'socket.io-client'
import { ask, type Question } from './helpers/ask.ts'
import { startFakeServer, type ToyServer } from './helpers/toy-server.ts'

let server: ToyServer

beforeAll(async () => {
  server = await startFakeServer()
})

afterAll(() => server.close())

/** The status of the answer. */
async function statusOf(question: Partial<Question>): Promise<number> {
  return (await ask(server.port, { path: '/api/nodes', ...question })).status
}

const hosts = () => ({
  ours: `127.0.0.1:${server.port}`,
  localhost: `localhost:${server.port}`,
  'LOCALHOST in capitals': `LOCALHOST:${server.port}`,
  'loopback of version 6': `[::1]:${server.port}`,
  'a name that resolves here': `evil.example:${server.port}`,
  'ours before another name': `127.0.0.1.evil.example:${server.port}`,
  'another port': '127.0.0.1:1',
  'no port': '127.0.0.1',
})

describe('the Host of a request', () => {
  it.each(['ours', 'localhost', 'LOCALHOST in capitals', 'loopback of version 6'] as const)(
    'is taken when it is %s',
    async (name) => {
      expect(await statusOf({ headers: { host: hosts()[name] } })).toBe(200)
    },
  )

  it.each(['a name that resolves here', 'ours before another name', 'another port', 'no port'] as const)(
    'is refused when it is %s',
    async (name) => {
      expect(await statusOf({ headers: { host: hosts()[name] } })).toBe(403)
      expect(await statusOf({ path: '/', headers: { host: hosts()[name] } })).toBe(403)
    },
  )
})

const origins = () => ({
  ours: `http://127.0.0.1:${server.port}`,
  none: undefined,
  null: 'null',
  'another site': 'http://evil.example',
  'another site on our port': `http://evil.example:${server.port}`,
  'another port': 'http://127.0.0.1:1',
  'https in place of http': `https://127.0.0.1:${server.port}`,
  'our other name': `http://localhost:${server.port}`,
  empty: '',
})

const routes = [
  ['GET', '/api/nodes', undefined, undefined, 200],
  ['GET', '/api/jobs/none', undefined, undefined, 404],
  ['POST', '/api/jobs', 'application/json', '{"workflow":{}}', 422],
  ['POST', '/api/jobs', 'text/plain', '{"workflow":{}}', 415],
  ['POST', '/api/pictures', 'image/png', 'not a picture', 400],
  ['POST', '/api/pictures', 'text/plain', 'not a picture', 415],
  ['DELETE', '/api/jobs/none', undefined, undefined, 404],
] as const

describe.each(routes)('%s %s with content type %s', (method, path, type, body, status) => {
  const send = (origin: string | undefined) =>
    statusOf({
      method,
      path,
      ...(body !== undefined && { body }),
      headers: {
        host: hosts().ours,
        ...(origin !== undefined && { origin }),
        ...(type !== undefined && { 'content-type': type }),
      },
    })

  it.each(['ours', 'none'] as const)('is answered when the Origin is %s', async (name) => {
    expect(await send(origins()[name])).toBe(status)
  })

  it.each([
    'null',
    'another site',
    'another site on our port',
    'another port',
    'https in place of http',
    'our other name',
    'empty',
  ] as const)('is refused when the Origin is %s', async (name) => {
    expect(await send(origins()[name])).toBe(403)
  })
})

describe('refusalOf', () => {
  it('refuses every other Origin, whatever is in it, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (origin) => {
        fc.pre(origin !== 'http://127.0.0.1:8199')
        expect(refusalOf({ host: '127.0.0.1:8199', origin }, 8199)?.code).toBe('foreign-origin')
      }),
    )
  })

  it('refuses every other Host, whatever is in it, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (host) => {
        expect(refusalOf({ host }, 8199)?.code).toBe('foreign-host')
      }),
    )
    expect(refusalOf({}, 8199)?.code).toBe('foreign-host')
  })
})

describe('the handshake of a socket', () => {
  /** `connected`, or the reason why not. */
  function connect(headers: Record<string, string>, transports = ['websocket']): Promise<string> {
    return new Promise((resolve) => {
      const socket = io(server.url, {
        transports,
        extraHeaders: headers,
        reconnection: false,
        forceNew: true,
      })
      socket.once('connect', () => {
        socket.close()
        resolve('connected')
      })
      socket.once('connect_error', (error) => resolve(error.message))
    })
  }

  it('is taken from our own page and from programs', async () => {
    expect(await connect({ origin: origins().ours })).toBe('connected')
    expect(await connect({})).toBe('connected')
  })

  it.each(['null', 'another site', 'another port'] as const)(
    'is refused when the Origin is %s',
    async (name) => {
      expect(await connect({ origin: origins()[name] })).toBe('websocket error')
    },
  )

  it('is refused when the Host is a name that resolves here', async () => {
    expect(await connect({ host: hosts()['a name that resolves here'] })).toBe('websocket error')
  })

  it('is refused over anything but a websocket', async () => {
    expect(await connect({}, ['polling'])).toBe('xhr poll error')
  })
})
