/** Signing in and out, where the server asks for a token. */
import { z } from 'zod'
import type { Gate } from '../access/gate.ts'
import { limits } from '../limits.ts'
import { HttpError } from './http-error.ts'
import { json, ok, refusal, route, type Route } from './route.ts'

const signIn = z.strictObject({ token: z.string().max(1000) })
const who = z.strictObject({ signedIn: z.literal(true), asksForToken: z.boolean() })

export function sessionRoutes(gate: Gate): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/session',
      access: 'user',
      summary: 'Whether one is signed in, and need be.',
      answers: { 200: { description: 'One is, or need not be', schema: who } },
      handle: () => ok({ signedIn: true, asksForToken: gate.sessions !== null }),
    }),
    route({
      method: 'POST',
      path: '/api/session',
      access: 'open',
      perMinute: limits.signInsPerMinute,
      summary: 'Signs in: takes the token of the server and gives a cookie.',
      body: json(signIn),
      answers: { 204: { description: 'The cookie is set' }, 401: refusal('It is another token') },
      handle({ body: { token }, header }) {
        if (!gate.sessions?.isToken(token)) throw wrongToken()
        const cookie = gate.cookieOf(gate.sessions.begin(), header('origin'))
        return { status: 204, headers: { 'Set-Cookie': cookie } }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/session',
      access: 'user',
      summary: 'Signs out: ends the session of the cookie, and its sockets.',
      answers: { 204: { description: 'It has ended' } },
      handle({ header }) {
        gate.sessions?.end(gate.secretIn(header('cookie')))
        return { status: 204, headers: { 'Set-Cookie': gate.noCookie } }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions',
      access: 'user',
      summary: 'Signs everybody out, the one who asks too.',
      answers: { 204: { description: 'All have ended' } },
      handle() {
        gate.sessions?.endAll()
        return { status: 204, headers: { 'Set-Cookie': gate.noCookie } }
      },
    }),
  ]
}

function wrongToken(): HttpError {
  return new HttpError(
    401,
    'wrong-token',
    'Cannot sign in: this is not the token of this server, look at what it printed when it was started',
  )
}
