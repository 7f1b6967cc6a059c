/** What an operator asks: whether it lives, whether it can work, and how it does. */
import { z } from 'zod'
import type { Metrics } from '../health/metrics.ts'
import type { Readiness } from '../health/readiness.ts'
import { ok, route, type Route } from './route.ts'

const readinessAnswer = z.strictObject({
  ok: z.boolean(),
  checks: z.record(z.string(), z.strictObject({ ok: z.boolean(), ms: z.int() })),
  ageMs: z.int(),
})

export interface Health {
  ready(): Promise<Readiness>
  readonly metrics: Metrics
}

export function healthRoutes({ ready, metrics }: Health): Route[] {
  return [
    route({
      method: 'GET',
      path: '/healthz',
      access: 'open',
      summary: 'Whether the server answers at all.',
      answers: { 200: { description: 'It does', schema: z.object({ ok: z.literal(true) }) } },
      handle: () => ok({ ok: true }),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      access: 'open',
      summary: 'Whether a job would be done: the store is written to, the runner must be up.',
      answers: {
        200: { description: 'It would', schema: readinessAnswer },
        503: { description: 'It would not; each check says whether it failed', schema: readinessAnswer },
      },
      async handle() {
        const readiness = await ready()
        return ok(readiness, readiness.ok ? 200 : 503)
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      access: 'machine',
      summary: 'Figures for Prometheus, for programs of the same machine, not through a proxy.',
      answers: { 200: { description: 'Text format 0.0.4', type: 'text/plain' } },
      handle: async () => ({
        status: 200,
        headers: { 'Content-Type': metrics.contentType },
        bytes: Buffer.from(await metrics.text()),
      }),
    }),
  ]
}
