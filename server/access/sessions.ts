/** Who has shown the token: sessions of browsers, kept in memory, each of which can be ended together with its sockets. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { limits } from '../limits.ts'

interface Session {
  readonly name: string
  /** What hangs on it and goes with it. */
  readonly closers: Set<() => void>
  readonly timer: NodeJS.Timeout
}

/**
 * The secrets are random and long, so they are compared in constant time and not stretched; of a session only the hash is
 * kept, so that what can be read here opens nothing.
 */
export class Sessions {
  readonly #token: Buffer
  /** By the hash of their secret, the oldest first. */
  readonly #sessions = new Map<string, Session>()
  #count = 0

  constructor(token: string) {
    this.#token = sha256(token)
  }

  isToken(text: string): boolean {
    return timingSafeEqual(sha256(text), this.#token)
  }

  /** Begins a session and returns its secret, for the cookie. Of too many the oldest ends. */
  begin(): string {
    const secret = randomBytes(32).toString('base64url')
    const key = keyOf(secret)
    const timer = setTimeout(() => this.#end(key), limits.sessionMs).unref()
    this.#sessions.set(key, { name: `session ${++this.#count}`, closers: new Set(), timer })
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= limits.sessions) break
      this.#end(oldest)
    }
    return secret
  }

  /** The name of the session with this secret, which is no secret; null when there is none. */
  nameOf(secret: string): string | null {
    return this.#sessions.get(keyOf(secret))?.name ?? null
  }

  /** `close` is called when the session ends, at once when it has; the function that is returned takes that back. */
  attach(secret: string, close: () => void): () => void {
    const closers = this.#sessions.get(keyOf(secret))?.closers
    if (!closers) {
      close()
      return () => undefined
    }
    closers.add(close)
    return () => closers.delete(close)
  }

  end(secret: string): void {
    this.#end(keyOf(secret))
  }

  endAll(): void {
    for (const key of this.#sessions.keys()) this.#end(key)
  }

  #end(key: string): void {
    const session = this.#sessions.get(key)
    if (!session) return
    clearTimeout(session.timer)
    this.#sessions.delete(key)
    for (const close of session.closers) close()
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function keyOf(secret: string): string {
  return sha256(secret).toString('base64url')
}
