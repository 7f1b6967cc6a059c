/** The queue as a whole: look at it, hold it, let it go on. */
import { queueView } from '#workflows/protocol.ts'
import type { JobDesk } from '../jobs/job-desk.ts'
import { ok, route, type Route } from './route.ts'

export function queueRoutes(desk: JobDesk): Route[] {
  const hold = (paused: boolean) =>
    route({
      method: 'POST',
      path: paused ? '/api/queue/pause' : '/api/queue/resume',
      access: 'user',
      summary: paused
        ? 'Starts no more jobs; the running one goes on. Outlives the server.'
        : 'Starts jobs again.',
      answers: { 200: { description: 'The queue as it is now', schema: queueView } },
      async handle() {
        await desk.setPaused(paused)
        return ok(await desk.queue())
      },
    })
  return [
    route({
      method: 'GET',
      path: '/api/queue',
      access: 'user',
      summary: 'What waits, in the order in which it will run, and what runs.',
      answers: { 200: { description: 'The queue', schema: queueView } },
      handle: async () => ok(await desk.queue()),
    }),
    hold(true),
    hold(false),
  ]
}
