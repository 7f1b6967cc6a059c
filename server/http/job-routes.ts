/** Jobs without a socket: hand one in, ask for it, call it off. */
import { z } from 'zod'
import { jobId, jobState, jobEvent, runRequest } from '#workflows/protocol.ts'
import { unknownJob, type JobDesk } from '../jobs/job-desk.ts'
import { HttpError } from './http-error.ts'
import { json, ok, refusal, route, type Route } from './route.ts'

/** The workflow is judged by its own check, which returns every fault with its path. */
const runBody = runRequest.extend({
  workflow: z.unknown().meta({ $ref: '#/components/schemas/Workflow' }),
})
const named = z.object({ job: jobId })

export function jobRoutes(desk: JobDesk): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/jobs',
      access: 'user',
      summary: 'Runs a workflow: checks it and queues it.',
      body: json(runBody),
      answers: {
        202: { description: 'The job waits', schema: z.strictObject({ job: jobId }) },
        422: refusal('The workflow has faults'),
        503: refusal('Too many jobs wait already'),
      },
      handle({ body }) {
        const reply = desk.submit(body.workflow, body.targets)
        if (reply.ok) return ok({ job: reply.job }, 202)
        const isBusy = reply.faults.some(({ code }) => code === 'busy')
        return ok({ error: refused(reply.faults.length), faults: reply.faults }, isBusy ? 503 : 422)
      },
    }),
    route({
      method: 'GET',
      path: '/api/jobs/:job',
      access: 'user',
      summary: 'A job with its events.',
      params: named,
      query: z.object({ after: z.coerce.number().int().nonnegative().default(0) }),
      answers: {
        200: {
          description: 'Its state, and its events after `after`',
          schema: z.object({ job: jobId, state: jobState, events: z.array(jobEvent) }),
        },
        404: refusal('No such job'),
      },
      handle({ params: { job }, query: { after } }) {
        const view = desk.view(job, after)
        if (!view) throw new HttpError(404, 'unknown-job', unknownJob(job))
        return ok(view)
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/jobs/:job',
      access: 'user',
      summary: 'Cancels a job that waits or runs.',
      params: named,
      answers: {
        202: {
          description: 'It is cancelled, or will stop at its next step',
          schema: z.object({ ok: z.literal(true) }),
        },
        404: refusal('No such job'),
        409: refusal('It has ended already'),
      },
      handle({ params: { job } }) {
        if (!desk.view(job)) throw new HttpError(404, 'unknown-job', unknownJob(job))
        const reply = desk.cancel(job)
        if (!reply.ok) throw new HttpError(409, 'ended', reply.message)
        return ok(reply, 202)
      },
    }),
  ]
}

function refused(count: number): { code: string; message: string } {
  return {
    code: 'faults',
    message: `Cannot run the workflow: it has ${count === 1 ? 'a fault' : `${count} faults`}`,
  }
}
