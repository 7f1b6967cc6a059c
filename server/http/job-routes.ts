/** Jobs without a socket: hand one in, ask for it, call it off. */
import express, { Router, type Request } from 'express'
import { z } from 'zod'
import { unknownJob, type JobDesk } from '../jobs/job-desk.ts'
import { parseJson } from '../json.ts'
import { limits } from '../limits.ts'
import { HttpError } from './http-error.ts'

const runBody = z.strictObject({
  workflow: z.unknown(),
  targets: z.array(z.string().max(64)).max(1000).optional(),
})

export function jobRoutes(desk: JobDesk): Router {
  const routes = Router()
  routes.post(
    '/jobs',
    express.raw({ type: 'application/json', limit: limits.jsonBytes, inflate: false }),
    (request, response) => {
      const body = runBody.safeParse(jsonOf(request))
      if (!body.success)
        throw new HttpError(400, 'format', `Cannot run the request: ${z.prettifyError(body.error)}`)
      const reply = desk.submit(body.data.workflow, body.data.targets)
      response.status(reply.ok ? 202 : reply.faults.some(({ code }) => code === 'busy') ? 503 : 422)
      response.json(
        reply.ok ? { job: reply.job } : { error: refused(reply.faults.length), faults: reply.faults },
      )
    },
  )
  routes.get('/jobs/:job', (request, response) => {
    const { job } = request.params
    const view = desk.view(job, seqOf(request.query['after']))
    if (!view) throw new HttpError(404, 'unknown-job', unknownJob(job))
    response.json(view)
  })
  routes.delete('/jobs/:job', (request, response) => {
    const { job } = request.params
    if (!desk.view(job)) throw new HttpError(404, 'unknown-job', unknownJob(job))
    const reply = desk.cancel(job)
    if (!reply.ok) throw new HttpError(409, 'ended', reply.message)
    response.status(202).json(reply)
  })
  return routes
}

function jsonOf(request: Request): unknown {
  if (!Buffer.isBuffer(request.body))
    throw new HttpError(
      415,
      'unknown-type',
      'Cannot read the request: its content type must be application/json',
    )
  return parseJson(request.body)
}

function refused(count: number): { code: string; message: string } {
  return {
    code: 'faults',
    message: `Cannot run the workflow: it has ${count === 1 ? 'a fault' : `${count} faults`}`,
  }
}

/** The `after` of a query: the last event the asker has; 0 when it says none. */
function seqOf(text: unknown): number {
  const seq = Number(text ?? 0)
  if (!Number.isSafeInteger(seq) || seq < 0)
    throw new HttpError(400, 'format', "Cannot read 'after': it must be a whole number, 0 or more")
  return seq
}
