/** What a socket was sent and has not taken yet. */
import type { Socket } from 'socket.io'

/** The part of the library's connection that counts: packets that wait, and what the websocket below has of earlier ones. */
interface Connection {
  readonly writeBuffer: readonly { readonly data?: unknown }[]
  readonly transport: { readonly socket?: { readonly bufferedAmount: number } }
}

/** Bytes, or UTF-16 code units of text. */
export function unsentBytes({ conn }: Pick<Socket, 'conn'>): number {
  const { writeBuffer, transport } = conn as unknown as Connection
  return writeBuffer.reduce((sum, { data }) => sum + sizeOf(data), transport.socket?.bufferedAmount ?? 0)
}

function sizeOf(data: unknown): number {
  return typeof data === 'string' || Buffer.isBuffer(data) ? data.length : 0
}
