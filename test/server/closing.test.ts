import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startFakeServer } from './helpers/toy-server.ts'

/** Much less than any time after which a connection is given up by itself. */
const soonMs = 20_000

/** A bare connection that has sent these lines and heard so much of an answer. */
async function spoken(port: number, lines: readonly string[], heard: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // It may be cut at any time.
  socket.on('error', () => undefined)
  socket.write([...lines, `Host: 127.0.0.1:${port}`, '', ''].join('\r\n'))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toContain(heard)
  return socket
}

describe('a server that is asked to end does not wait', () => {
  it(
    'for the rest of a body that does not come',
    async () => {
      const server = await startFakeServer()
      const upload = ['POST /api/pictures HTTP/1.1', 'Content-Type: image/png', 'Content-Length: 1000']
      const socket = await spoken(server.port, [...upload, 'Expect: 100-continue'], '100 Continue')
      socket.write('half of it')
      const cut = new Promise((resolve) => socket.once('close', resolve))
      await server.close()
      await cut
    },
    soonMs,
  )

  it(
    'for an editor that does not say goodbye',
    async () => {
      const server = await startFakeServer()
      const upgrade = ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', 'Connection: Upgrade']
      const websocket = [
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${btoa('x'.repeat(16))}`,
      ]
      const socket = await spoken(server.port, [...upgrade, ...websocket], '101 Switching Protocols')
      const cut = new Promise((resolve) => socket.once('close', resolve))
      await server.close()
      await cut
    },
    soonMs,
  )
})
