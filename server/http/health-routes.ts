/** What an operator asks: whether it lives. */
import { z } from 'zod'
import { ok, route, type Route } from './route.ts'

export function healthRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/healthz',
      access: 'open',
      summary: 'Whether the server answers at all.',
      answers: { 200: { description: 'It does', schema: z.object({ ok: z.literal(true) }) } },
      handle: () => ok({ ok: true }),
    }),
  ]
}
