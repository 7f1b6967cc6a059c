import { connect, type Socket } from 'node:net'
import { EventEmitter } from 'node:events'
import type { AddressInfo } from 'node:net'
import autocannon from 'autocannon'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Gate } from '#server/access/gate.ts'
import { boundRequests } from '#server/http/entry.ts'
import { answerErrors } from '#server/http/http-error.ts'
import { countPerAddress, hardened, type ConnectionBounds } from '#server/http/connections.ts'
import { onlyThisMachine } from '#server/access/reach.ts'
import { limits } from '#server/limits.ts'
import { ask } from './helpers/ask.ts'
import { startFakeServer, workflowOf, type ToyServer } from './helpers/toy-server.ts'

const token = 'the token of this test'

/** Sends what it is given over a bare connection, and resolves with all that came back once the other side ends it. */
function talk(port: number, say: (socket: Socket) => void): Promise<{ text: string; ms: number }> {
  return new Promise((resolve) => {
    const begin = performance.now()
    let text = ''
    const socket = connect(port, '127.0.0.1', () => say(socket))
    socket.setEncoding('latin1').on('data', (part: string) => (text += part))
    socket.on('error', () => undefined)
    socket.once('close', () => resolve({ text, ms: performance.now() - begin }))
  })
}

describe('a healthy visitor', () => {
  let open: ToyServer
  let guarded: ToyServer

  beforeAll(async () => {
    open = await startFakeServer()
    guarded = await startFakeServer({ ...onlyThisMachine, token })
  })

  afterAll(() => Promise.all([open.close(), guarded.close()]))

  /** The 99th percentile of the times of somebody who asks one thing after the other, in ms, and the statuses. */
  async function visit(
    ms: number,
    server: ToyServer,
    authorization: string,
  ): Promise<{ p99: number; statuses: Set<number> }> {
    const times: number[] = []
    const statuses = new Set<number>()
    for (const until = performance.now() + ms; performance.now() < until;) {
      const begin = performance.now()
      const headers = { host: `127.0.0.1:${server.port}`, authorization }
      statuses.add((await ask(server.port, { path: '/api/jobs/none', headers })).status)
      times.push(performance.now() - begin)
    }
    times.sort((a, b) => a - b)
    return { p99: times[Math.floor(times.length * 0.99)] ?? Infinity, statuses }
  }

  const flood = (server: ToyServer, headers: Record<string, string>, body: string) =>
    autocannon({ url: `${server.url}/api/jobs`, method: 'POST', connections: 20, duration: 1, headers, body })

  /** Half a second; on a machine that is slow by itself, ten times what it takes there when nobody floods. */
  const bearable = (calm: { readonly p99: number }) => Math.max(500, 10 * calm.p99)

  const large = JSON.stringify({ workflow: workflowOf({ a: { type: 'x'.repeat(10_000) } }) })

  it('is answered within half a second while another site floods the server', async () => {
    const headers = { origin: 'http://evil.example', 'content-type': 'application/json' }
    const calm = await visit(300, open, '')
    const [{ p99, statuses }, flooded] = await Promise.all([
      visit(1000, open, ''),
      flood(open, headers, large),
    ])
    expect(flooded.non2xx).toBeGreaterThan(10)
    expect(flooded.statusCodeStats).toEqual({ '403': { count: flooded.non2xx } })
    expect([...statuses]).toEqual([404])
    expect(p99).toBeLessThan(bearable(calm))
  })

  it('is answered within half a second while a stranger without the token floods it, who is soon cut short', async () => {
    const headers = { 'content-type': 'application/json' }
    const calm = await visit(300, guarded, `Bearer ${token}`)
    const [{ p99, statuses }] = await Promise.all([
      visit(1000, guarded, `Bearer ${token}`),
      flood(guarded, headers, large),
    ])
    expect([...statuses]).toEqual([404])
    expect(p99).toBeLessThan(bearable(calm))
  })
})

describe('the requests of a minute', () => {
  const gate = new Gate({ ...onlyThisMachine, token }, () => 1)

  /** Asks a server with a bound of 3 requests: once for each visitor named, and gives the statuses. */
  async function statuses(own: Gate, visitors: readonly ('stranger' | 'program')[]): Promise<number[]> {
    const app = express().use(boundRequests(own, 3), (_request, response) => response.end())
    app.use(answerErrors)
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const found: number[] = []
    for (const visitor of visitors) {
      const headers = visitor === 'program' ? { authorization: `Bearer ${token}` } : {}
      found.push((await ask(port, { path: '/', headers })).status)
    }
    await new Promise((resolve) => server.close(resolve))
    return found
  }

  it('are counted for each visitor, strangers together', async () => {
    const order = ['stranger', 'stranger', 'program', 'stranger', 'stranger', 'program', 'program'] as const
    expect(await statuses(gate, [...order, 'program'])).toEqual([200, 200, 200, 200, 429, 200, 200, 429])
  })

  it('are as many as the limit says, where nothing else is said', async () => {
    const app = express().use(boundRequests(gate), (_request, response) => response.end())
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { headers } = await ask((server.address() as AddressInfo).port, { path: '/' })
    await new Promise((resolve) => server.close(resolve))
    expect(headers['ratelimit-policy']).toContain(`q=${limits.requestsPerMinute}; w=60`)
  })

  it('are not counted where every program of the machine is trusted', async () => {
    const open = new Gate(onlyThisMachine, () => 1)
    expect(
      await statuses(
        open,
        Array.from({ length: 5 }, () => 'stranger' as const),
      ),
    ).toEqual(Array(5).fill(200))
  })
})

describe('a connection', () => {
  const impatient = {
    ...limits,
    headersMs: 200,
    requestMs: 400,
    silentMs: 300,
    slownessCheckMs: 50,
    connections: 3,
  }

  async function serving<T>(
    act: (port: number) => Promise<T>,
    bounds: ConnectionBounds = impatient,
  ): Promise<T> {
    const server = hardened((request, response) => {
      request.resume().once('end', () => response.end('done'))
    }, bounds)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await act((server.address() as AddressInfo).port)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  /** Sends one byte after the other, as slowly as it is let. */
  function drip(socket: Socket, text: string): void {
    let at = 0
    const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 20)
    socket.once('close', () => clearInterval(timer))
  }

  it('that sends its headers too slowly is ended', async () => {
    const { text, ms } = await serving((port) =>
      talk(port, (socket) => drip(socket, `GET / HTTP/1.1\r\nHost: x\r\nX-${'a'.repeat(9999)}`)),
    )
    expect(text).toContain('408 Request Timeout')
    expect(ms).toBeLessThan(5000)
  })

  it('that sends its body too slowly is ended', async () => {
    const { text, ms } = await serving((port) =>
      talk(port, (socket) => {
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n')
        drip(socket, 'x')
      }),
    )
    expect(text).toContain('408 Request Timeout')
    expect(ms).toBeLessThan(5000)
  })

  it('that says nothing is ended', async () => {
    const { text, ms } = await serving((port) => talk(port, () => undefined))
    expect(text).not.toContain('200')
    expect(ms).toBeLessThan(5000)
  })

  const few = { ...limits, connections: 3 }

  it('that is one too many is ended at once, and there is room again when another ends', async () => {
    await serving(async (port) => {
      const open = await Promise.all(
        Array.from({ length: few.connections }, () => {
          const socket = connect(port, '127.0.0.1').resume()
          socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n')
          return new Promise<Socket>((resolve) => socket.once('connect', () => resolve(socket)))
        }),
      )
      const request = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
      expect((await talk(port, (socket) => socket.write(request))).text).toBe('')
      await new Promise((resolve) => open[0]?.once('close', resolve).end('x'))
      expect((await talk(port, (socket) => socket.write(request))).text).toContain('done')
      for (const socket of open) socket.destroy()
    }, few)
  })
})

describe('the connections of one address', () => {
  class FakeSocket extends EventEmitter {
    destroyed = false
    readonly remoteAddress: string
    constructor(remoteAddress: string) {
      super()
      this.remoteAddress = remoteAddress
    }
    destroy(): void {
      this.destroyed = true
      this.emit('close')
    }
  }

  function arriving(address: string) {
    const count = countPerAddress(limits.connectionsPerAddress)
    const arrive = (from = address) => {
      const socket = new FakeSocket(from)
      count(socket as unknown as Socket)
      return socket
    }
    return { arrive, many: (number: number) => Array.from({ length: number }, () => arrive()) }
  }

  it.each([-1, 0])('are let in at the limit%i', (more) => {
    const { many } = arriving('203.0.113.5')
    expect(many(limits.connectionsPerAddress + more).some(({ destroyed }) => destroyed)).toBe(false)
  })

  it('are ended beyond it, while others still come in, and come in again when one has gone', () => {
    const { many, arrive } = arriving('::ffff:203.0.113.5')
    const [first] = many(limits.connectionsPerAddress)
    expect(arrive().destroyed).toBe(true)
    expect(arrive('203.0.113.6').destroyed).toBe(false)
    first?.emit('close')
    expect(arrive().destroyed).toBe(false)
    expect(arrive().destroyed).toBe(true)
  })

  it('are not counted for this machine', () => {
    const { many } = arriving('127.0.0.1')
    expect(many(limits.connectionsPerAddress * 2).some(({ destroyed }) => destroyed)).toBe(false)
  })
})
