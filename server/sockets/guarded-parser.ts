/**
 * The parser of socket.io, which looks before it parses: one connect, then events as text, so many and so large a minute, none
 * of them deeply nested. Of events beyond the bounds only the number is read under which the answer is awaited.
 */
import * as parser from 'socket.io-parser'
import { checkShape } from '../json.ts'
import { limits } from '../limits.ts'
import { TokenBucket } from './token-bucket.ts'

/** The event that comes in the place of one beyond the bounds. */
export const overdrawn = 'overdrawn'

const zero = '0'.charCodeAt(0)

/** A message wraps its payload in an array and an object. */
const wrapping = 2

class GuardedDecoder extends parser.Decoder {
  readonly #messages = new TokenBucket(limits.socketMessagesPerMinute)
  readonly #bytes = new TokenBucket(limits.socketBytesPerMinute)
  #hasConnected = false

  /** @throws Error for what no editor sends; the connection then ends. */
  override add(message: unknown): void {
    if (typeof message !== 'string') throw new TypeError('binary messages are not taken')
    switch ((message.charCodeAt(0) - zero) as parser.PacketType) {
      case parser.PacketType.CONNECT:
        // Several at once would each become a socket, uncounted.
        if (this.#hasConnected) throw new TypeError('it is connected already')
        this.#hasConnected = true
        break
      case parser.PacketType.DISCONNECT:
        break
      case parser.PacketType.EVENT:
        if (!this.#messages.take() || !this.#bytes.take(Buffer.byteLength(message)))
          return this.#refuse(message)
        break
      default:
        throw new TypeError('only events are taken')
    }
    checkShape(Buffer.from(message), limits.jsonDepth + wrapping)
    super.add(message)
  }

  /** An event is `2`, the number of the answer, and JSON. Who awaits no answer gets none. */
  #refuse(message: string): void {
    const [, id] = /^2(\d+)\[/.exec(message.slice(0, 20)) ?? []
    if (id === undefined) return
    const packet = { type: parser.PacketType.EVENT, nsp: '/', id: Number(id), data: [overdrawn] }
    this.emitReserved('decoded', packet)
  }
}

export const guardedParser = { ...parser, Decoder: GuardedDecoder }
