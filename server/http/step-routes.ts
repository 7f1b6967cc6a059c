/** The kept steps of a job, and a picture of each. */
import { z } from 'zod'
import { jobId, keptStep } from '#workflows/protocol.ts'
import { unknownJob, type JobDesk } from '../jobs/job-desk.ts'
import type { StepPlace, StepStore } from '../steps/step-store.ts'
import { HttpError } from './http-error.ts'
import { pngAnswer } from './picture-routes.ts'
import { ok, refusal, route, type Answer, type Route } from './route.ts'

const place = z.object({
  job: jobId,
  node: z.string().max(1000),
  index: z.coerce.number().int().nonnegative(),
})

/** In a sweep or over a list: which cell, and which item; the first where nothing is said. */
const among = z.object({
  cell: z
    .string()
    .regex(/^\d{1,3}(,\d{1,3})?$/, 'must be one or two numbers, with a comma between')
    .optional(),
  item: z.coerce.number().int().nonnegative().optional(),
})

export function stepRoutes(desk: JobDesk, steps: StepStore): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/jobs/:job/steps',
      access: 'user',
      summary: 'The steps of a job that are kept, in the order in which they were made.',
      params: z.object({ job: jobId }),
      answers: {
        200: {
          description: 'With the cell of a sweep, and the item of a list, that each belongs to',
          schema: z.array(keptStep),
        },
        404: refusal('No such job'),
      },
      async handle({ params: { job } }) {
        await mustKnow(desk, job)
        return ok(await steps.list(job))
      },
    }),
    route({
      method: 'GET',
      path: '/api/jobs/:job/steps/:node/:index',
      access: 'user',
      summary: 'A kept step as a picture: what the finished one would be if it ended there.',
      params: place,
      query: among,
      answers: {
        200: { description: 'The picture', type: 'image/png' },
        404: refusal('No such job, or the step is not kept (any more)'),
        503: refusal('The runner is busy; Retry-After says when to ask again'),
      },
      async handle({ params, query: { cell, item } }) {
        await mustKnow(desk, params.job)
        const which = { ...(cell && { cell: cell.split(',').map(Number) }), ...(item && { item }) }
        return drawn(desk, { ...params, ...which })
      },
    }),
  ]
}

async function mustKnow(desk: JobDesk, job: string): Promise<void> {
  if (!(await desk.knows(job))) throw new HttpError(404, 'unknown-job', unknownJob(job))
}

async function drawn(desk: JobDesk, step: StepPlace): Promise<Answer> {
  const answer = await desk.runner.drawStep(step)
  if ('fault' in answer) throw new HttpError(503, 'cannot-draw', answer.fault)
  if (answer.png) return pngAnswer(answer.png, 'private, max-age=3600')
  throw new HttpError(
    404,
    'unknown-step',
    `Cannot find step ${step.index} of '${step.node}': it is not kept, or not any more`,
  )
}
