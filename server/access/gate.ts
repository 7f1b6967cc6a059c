/** The one door of the server: every request and every socket comes through here. */
import type { IncomingMessage } from 'node:http'
import { isNamedIn, refusalOf, type House, type Refusal } from './guard.ts'
import { checkReach, type Reach } from './reach.ts'
import { Sessions } from './sessions.ts'

/** Somebody who may use the server. */
export interface Visitor {
  /** Tells visitors apart, for bounds that are per visitor. No secret. */
  readonly name: string
  /** Whether it is bounded on its own; programs of this machine are all one. */
  readonly isCounted: boolean
}

/** Why somebody is not let through; `status` is that of the answer. */
export interface Turned {
  readonly status: 401 | 403
  readonly code: Refusal['code'] | 'signed-out' | 'no-origin'
  readonly message: string
}

const programOfThisMachine: Visitor = { name: 'this machine', isCounted: false }
const programWithToken: Visitor = { name: 'token', isCounted: true }

const signedOut: Turned = {
  status: 401,
  code: 'signed-out',
  message:
    "Cannot answer: this server asks for a token, open /sign-in or send 'Authorization: Bearer <token>'",
}

const noOrigin: Turned = {
  status: 403,
  code: 'no-origin',
  message: 'Cannot answer: a request with a cookie that changes something must name its Origin',
}

export class Gate {
  /** Null where every program of this machine is trusted. */
  readonly sessions: Sessions | null
  readonly #reach: Reach
  readonly #port: () => number

  /**
   * @param port the port it listens on, once it does
   * @throws ConfigError when strangers could come in
   */
  constructor(reach: Reach, port: () => number) {
    checkReach(reach)
    this.#reach = reach
    this.#port = port
    this.sessions = reach.token === null ? null : new Sessions(reach.token)
  }

  /** Why the request is not even looked at, whatever it asks for. */
  refusal(request: IncomingMessage): Turned | null {
    const refusal = refusalOf(request, this.#house)
    return refusal && { status: 403, ...refusal }
  }

  /** Whether it came to one of the names beside our addresses, such as that of a proxy. */
  isNamed(request: IncomingMessage): boolean {
    return isNamedIn(this.#house, request)
  }

  get #house(): House {
    return { port: this.#port(), names: this.#reach.names }
  }

  /** Who asks, or why it may not ask for what is not public. */
  visitor(request: IncomingMessage): Visitor | Turned {
    const { sessions } = this
    if (!sessions) return programOfThisMachine
    const bearer = bearerOf(request)
    if (bearer !== null) return sessions.isToken(bearer) ? programWithToken : signedOut
    const name = sessions.nameOf(this.secretIn(request.headers.cookie))
    if (name === null) return signedOut
    // A browser that sends the cookie names the Origin of whatever changes something.
    return isReading(request) || request.headers.origin !== undefined ? { name, isCounted: true } : noOrigin
  }

  /** The secret in a Cookie header; empty when there is none. */
  secretIn(cookies: string | undefined): string {
    const prefix = `${this.#cookieName}=`
    return (cookies?.split(/; */) ?? []).find((part) => part.startsWith(prefix))?.slice(prefix.length) ?? ''
  }

  /** A Set-Cookie header that gives a secret to a browser, out of reach for scripts and never sent from another site. */
  cookieOf(secret: string, origin: string | undefined): string {
    const secure = origin?.startsWith('https:') ? '; Secure' : ''
    return `${this.#cookieName}=${secret}; Path=/; HttpOnly; SameSite=Strict${secure}`
  }

  /** A Set-Cookie header that takes it away. */
  get noCookie(): string {
    return `${this.#cookieName}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`
  }

  /** Cookies know no ports: each server of a machine has a name of its own. */
  get #cookieName(): string {
    return `groundwork-${this.#port()}`
  }
}

export function isTurned(answer: Visitor | Turned): answer is Turned {
  return 'status' in answer
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

function bearerOf({ headers }: IncomingMessage): string | null {
  return /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
}
