import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf, type Question as Asked } from '#server/access/guard.ts'
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

/** Headers that a browser adds by itself; a page cannot set them. */
const fetches = {
  'our own page': { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  'the address bar': { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  'a link on another site': {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  },
  'a picture on another site': {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'no-cors',
    'sec-fetch-dest': 'image',
  },
  'a frame on another site': {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'iframe',
  },
  'a page of another port': {
    'sec-fetch-site': 'same-site',
    'sec-fetch-mode': 'no-cors',
    'sec-fetch-dest': 'script',
  },
} as const

describe('a request without an Origin', () => {
  it.each(['our own page', 'the address bar', 'a link on another site'] as const)(
    'is answered when it comes from %s',
    async (name) => {
      expect(await statusOf({ headers: { host: hosts().ours, ...fetches[name] } })).toBe(200)
    },
  )

  it.each(['a picture on another site', 'a frame on another site', 'a page of another port'] as const)(
    'is refused when it comes from %s',
    async (name) => {
      expect(await statusOf({ headers: { host: hosts().ours, ...fetches[name] } })).toBe(403)
    },
  )

  it('that changes something is refused even when it claims to be a link', async () => {
    const headers = { host: hosts().ours, ...fetches['a link on another site'] }
    expect(await statusOf({ method: 'DELETE', path: '/api/jobs/none', headers })).toBe(403)
  })
})

const house = { port: 8199, names: ['studio.example', 'proxy.example:8443'] }
const asked = (headers: Asked['headers'], localAddress = '127.0.0.1', method = 'GET'): Asked => ({
  method,
  headers,
  socket: { localAddress },
})
const codeOf = (question: Asked) => refusalOf(question, house)?.code ?? 'passes'

describe('refusalOf', () => {
  it.each([
    ['studio.example', 'passes'],
    ['STUDIO.example', 'passes'],
    ['studio.example:8199', 'passes'],
    ['studio.example:8200', 'foreign-host'],
    ['proxy.example:8443', 'passes'],
    ['proxy.example', 'foreign-host'],
    ['evil.studio.example', 'foreign-host'],
    ['studio.example.', 'foreign-host'],
    ['192.168.1.5:8199', 'passes'],
    ['192.168.1.6:8199', 'foreign-host'],
    ['192.168.1.5', 'foreign-host'],
  ])('judges the Host %s of a request that came to 192.168.1.5: %s', (host, code) => {
    expect(codeOf(asked({ host }, '192.168.1.5'))).toBe(code)
    expect(codeOf(asked({ host }, '::ffff:192.168.1.5'))).toBe(code)
  })

  it('knows its own address of version 6', () => {
    expect(codeOf(asked({ host: '[fd00::5]:8199' }, 'fd00::5'))).toBe('passes')
    expect(codeOf(asked({ host: '[fd00::6]:8199' }, 'fd00::5'))).toBe('foreign-host')
  })

  it('takes https as Origin for a name that a proxy may serve, and for no other', () => {
    expect(codeOf(asked({ host: 'studio.example', origin: 'https://studio.example' }))).toBe('passes')
    expect(codeOf(asked({ host: 'studio.example', origin: 'https://evil.example' }))).toBe('foreign-origin')
    expect(codeOf(asked({ host: 'localhost:8199', origin: 'https://localhost:8199' }))).toBe('foreign-origin')
  })

  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withFragments: true }),
    fc.constantFrom(
      'null',
      'http://127.0.0.1:8199/',
      'http://127.0.0.1:8199@evil.example',
      'http://127.0.0.1:08199',
    ),
  )

  it('refuses every other Origin, whatever is in it, and never throws', () => {
    fc.assert(
      fc.property(odd, fc.constantFrom('GET', 'POST', 'DELETE', 'x'), (origin, method) => {
        fc.pre(origin.toLowerCase() !== 'http://127.0.0.1:8199')
        expect(codeOf(asked({ host: '127.0.0.1:8199', origin }, '127.0.0.1', method))).toBe('foreign-origin')
      }),
      { numRuns: 200 },
    )
  })

  it('refuses every other Host, whatever is in it, and never throws', () => {
    fc.assert(
      fc.property(odd, odd, (host, localAddress) => {
        fc.pre(host !== `${localAddress}:8199` && host !== `[${localAddress}]:8199`)
        expect(codeOf(asked({ host }, localAddress))).toBe('foreign-host')
      }),
      { numRuns: 200 },
    )
    expect(codeOf(asked({}))).toBe('foreign-host')
    expect(refusalOf({ headers: { host: ':8199' }, socket: {} }, house)?.code).toBe('foreign-host')
  })

  it('refuses every word of a browser about the site that it does not know', () => {
    fc.assert(
      fc.property(fc.string(), (site) => {
        fc.pre(site !== 'none' && site !== 'same-origin')
        expect(codeOf(asked({ host: 'localhost:8199', 'sec-fetch-site': site }))).toBe('foreign-origin')
      }),
      { numRuns: 200 },
    )
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
