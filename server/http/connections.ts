/** The listening side, bounded: in connections, in those of one address, and in how slow and how silent they may be. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { isLoopback } from '../access/reach.ts'

export interface ConnectionBounds {
  readonly connections: number
  readonly connectionsPerAddress: number
  readonly headersMs: number
  readonly requestMs: number
  readonly silentMs: number
  readonly slownessCheckMs: number
}

export function hardened(app: RequestListener, bounds: ConnectionBounds): Server {
  const server = createServer(
    {
      headersTimeout: bounds.headersMs,
      requestTimeout: bounds.requestMs,
      connectionsCheckingInterval: bounds.slownessCheckMs,
    },
    app,
  )
  server.maxConnections = bounds.connections
  server.timeout = bounds.silentMs
  server.on('connection', countPerAddress(bounds.connectionsPerAddress))
  return server
}

/** What cuts every connection: Node's own way leaves out those that became WebSockets. */
export function cutterOf(server: Server): () => void {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return () => {
    for (const socket of open) socket.destroy()
  }
}

/** Closes what is one connection too many of an address. Programs of this machine share theirs and are not counted. */
export function countPerAddress(most: number): (socket: Socket) => void {
  const open = new Map<string, number>()
  return (socket) => {
    const address = socket.remoteAddress?.replace(/^::ffff:/, '')
    if (address === undefined || isLoopback(address)) return
    const count = (open.get(address) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 0) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  }
}
