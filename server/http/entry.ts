/** How requests come in: past the gate, counted, and known by name. */
import type { Request, RequestHandler } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { isTurned, type Gate, type Turned, type Visitor } from '../access/gate.ts'
import { isLoopback } from '../access/reach.ts'
import { limits } from '../limits.ts'
import { HttpError } from './http-error.ts'
import { setVisitor, type RouteGuard } from './mount-routes.ts'

/** Turns away whatever is not addressed to us, or comes from another site's page. Stands before everything. */
export function refuseForeigners(gate: Gate): RequestHandler {
  return (request, _response, next) => {
    const turned = gate.refusal(request)
    if (turned) throw asError(turned)
    next()
  }
}

/** Lets through whom a route is for, and not too often. */
export function admit(gate: Gate): RouteGuard {
  return ({ access, perMinute }) => [
    ...(access === 'open' ? [] : [admitOnly(gate, access)]),
    ...(perMinute === undefined ? [] : [bounded(perMinute, 'such requests', { keyGenerator: addressOf })]),
  ]
}

function admitOnly(gate: Gate, access: 'user' | 'machine'): RequestHandler {
  return (request, response, next) => {
    const visitor = gate.visitor(request)
    if (isTurned(visitor)) throw asError(visitor)
    if (access === 'machine' && !isOfThisMachine(request, gate))
      throw new HttpError(
        403,
        'other-machine',
        'Cannot answer: only programs of the same machine may ask this, at a loopback address',
      )
    setVisitor(response, visitor)
    next()
  }
}

/** Bounds the requests of each visitor a minute, where there are visitors to tell apart. */
export function boundRequests(gate: Gate, perMinute: number = limits.requestsPerMinute): RequestHandler {
  return bounded(perMinute, 'requests', {
    // Programs of this machine are one, the editor among them: a bound would let one stop the others.
    skip: () => gate.sessions === null,
    keyGenerator: (request) => nameOf(gate.visitor(request)) ?? addressOf(request),
  })
}

interface Counting {
  keyGenerator(request: Request): string
  skip?(): boolean
}

function bounded(limit: number, what: string, counting: Counting): RequestHandler {
  return rateLimit({
    ...counting,
    windowMs: 60_000,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Addresses are those of the connections; what a header says of them counts for nothing.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler() {
      throw new HttpError(
        429,
        'too-many',
        `Cannot answer: ${limit} ${what} a minute are the limit, wait a little`,
      )
    },
  })
}

function nameOf(answer: Visitor | Turned): string | null {
  return isTurned(answer) ? null : answer.name
}

/** A proxy of this machine stands between it and others: what comes to a name that was allowed for one is theirs. */
function isOfThisMachine(request: Request, gate: Gate): boolean {
  return isLoopback(remoteAddress(request)) && !gate.isNamed(request)
}

/** Addresses of version 6 count by their network: whoever has one has many. */
function addressOf(request: Request): string {
  return ipKeyGenerator(remoteAddress(request))
}

function remoteAddress({ socket }: Request): string {
  return socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
}

function asError({ status, code, message }: Turned): HttpError {
  return new HttpError(status, code, message)
}
