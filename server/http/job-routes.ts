/** Jobs without a socket: hand one in, ask for it, call it off, look back. */
import { z } from 'zod'
import { workflowSchema } from '#workflows/format.ts'
import {
  jobId,
  jobPage,
  jobStates,
  jobView,
  priority,
  runRequest,
  type RunReply,
} from '#workflows/protocol.ts'
import { unknownJob, type JobDesk, type Refused } from '../jobs/job-desk.ts'
import { limits } from '../limits.ts'
import { HttpError } from './http-error.ts'
import { faultsAnswer, json, ok, refusal, route, type Answer, type Route } from './route.ts'

/** The workflow is judged by its own check, which returns every fault with its path. */
const runBody = runRequest.extend({
  workflow: z.unknown().meta({ $ref: '#/components/schemas/Workflow' }),
})
const named = z.object({ job: jobId })
const accepted = z.strictObject({ job: jobId })
const done = z.strictObject({ ok: z.literal(true) })

const historyQuery = z.object({
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(jobStates)))
    .optional()
    .meta({ type: 'string', description: `one or more of ${jobStates.join(', ')}, with commas between` }),
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the `next` of another page')
    .optional(),
  limit: z.coerce.number().int().min(1).max(limits.jobsPerPage).default(50),
})

export function jobRoutes(desk: JobDesk): Route[] {
  return [...historyRoutes(desk), ...oneJobRoutes(desk)]
}

function historyRoutes(desk: JobDesk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/jobs',
      access: 'user',
      summary: 'The history: jobs, newest first.',
      query: historyQuery,
      answers: { 200: { description: 'A page of it', schema: jobPage } },
      async handle({ query: { state, before, limit } }) {
        return ok(await desk.list({ limit, ...(state && { states: state }), ...(before && { before }) }))
      },
    }),
    route({
      method: 'POST',
      path: '/api/jobs',
      access: 'user',
      summary: 'Runs a workflow: checks it and queues it. What is accepted outlives the server.',
      headers: {
        'Idempotency-Key': 'Chosen by you, new for every run. Sent again, the answer is the same job.',
      },
      body: json(runBody),
      answers: {
        202: { description: 'The job waits', schema: accepted },
        409: refusal('The key was used for another request'),
        422: refusal('The workflow has faults'),
        503: refusal('Too many jobs wait already'),
        507: refusal('The disk is full'),
      },
      async handle({ body, header, visitor }) {
        const key = keyOf(header('idempotency-key')) ?? body.key
        return runAnswer(await desk.submit({ ...body, ...(key !== undefined && { key }) }, visitor))
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/jobs',
      access: 'user',
      summary: 'Cancels every job that waits or runs.',
      answers: {
        202: { description: 'The ids of the jobs', schema: z.strictObject({ jobs: z.array(jobId) }) },
      },
      handle: async () => ok({ jobs: await desk.cancelAll() }, 202),
    }),
  ]
}

function oneJobRoutes(desk: JobDesk): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/jobs/:job',
      access: 'user',
      summary: 'A job with its events.',
      params: named,
      query: z.object({ after: z.coerce.number().int().nonnegative().default(0) }),
      answers: {
        200: { description: 'The job, and its events after number `after`', schema: jobView },
        404: refusal('No such job'),
      },
      async handle({ params: { job }, query: { after } }) {
        return ok(found(await desk.view(job, after), job))
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/jobs/:job',
      access: 'user',
      summary: 'Cancels a job: one that waits at once, one that runs at its next step.',
      params: named,
      answers: {
        202: { description: 'It is cancelled, or will be', schema: done },
        404: refusal('No such job'),
        409: refusal('It has ended already'),
      },
      handle: async ({ params: { job } }) => replyAnswer(await desk.cancel(job)),
    }),
    route({
      method: 'PATCH',
      path: '/api/jobs/:job',
      access: 'user',
      summary: 'Gives a waiting job another priority: a higher one runs first.',
      params: named,
      body: json(z.strictObject({ priority })),
      answers: {
        202: { description: 'It has its new place', schema: done },
        404: refusal('No such job'),
        409: refusal('It does not wait any more'),
      },
      handle: async ({ params: { job }, body }) => replyAnswer(await desk.prioritise(job, body.priority)),
    }),
    route({
      method: 'POST',
      path: '/api/jobs/:job/retry',
      access: 'user',
      summary: 'Runs an ended job once more, as a new job.',
      params: named,
      answers: {
        202: { description: 'The new job waits', schema: accepted },
        404: refusal('No such job'),
        409: refusal('It has not ended'),
        503: refusal('Too many jobs wait already'),
      },
      async handle({ params: { job }, visitor }) {
        const reply = await desk.retry(job, visitor)
        return 'code' in reply ? replyAnswer(reply) : runAnswer(reply)
      },
    }),
    route({
      method: 'GET',
      path: '/api/jobs/:job/workflow',
      access: 'user',
      summary: 'The workflow of a job, as it was handed in.',
      params: named,
      answers: {
        200: { description: 'The workflow', schema: workflowSchema },
        404: refusal('No such job'),
      },
      handle: async ({ params: { job } }) => ok(found(await desk.workflowOf(job), job)),
    }),
  ]
}

/** @throws HttpError 404 when there is no such job. */
function found<Found>(value: Found | null, job: string): Found {
  if (value === null) throw new HttpError(404, 'unknown-job', unknownJob(job))
  return value
}

function keyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const { success, data } = runRequest.shape.key.safeParse(header)
  if (success) return data
  throw new HttpError(400, 'format', "Cannot read 'Idempotency-Key': it must have 1 to 200 characters")
}

const replyStatus = { 'unknown-job': 404, ended: 409, 'not-waiting': 409 } as const

function replyAnswer(reply: { readonly ok: true } | Refused): Answer {
  if (reply.ok) return ok({ ok: true }, 202)
  throw new HttpError(replyStatus[reply.code], reply.code, reply.message)
}

function runAnswer(reply: RunReply): Answer {
  if (reply.ok) return ok({ job: reply.job }, 202)
  const { faults } = reply
  const [first] = faults
  if (first?.code === 'busy') throw new HttpError(503, 'busy', first.message)
  if (first?.code === 'key-used') throw new HttpError(409, 'key-used', first.message)
  return faultsAnswer('Cannot run the workflow', faults)
}
