/** Workflows that the server keeps, and those handed on by a hash. */
import { z } from 'zod'
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import { storedWorkflow } from '#workflows/protocol.ts'
import { readWorkflow } from '#workflows/validate.ts'
import type { WorkflowLibrary } from '../library/workflow-library.ts'
import { HttpError } from './http-error.ts'
import { errorAnswer, faultsAnswer, json, ok, refusal, route, type Answer, type Route } from './route.ts'

const named = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, _ or - (64 at most)'),
})
const anyWorkflow = z.unknown().meta({ $ref: '#/components/schemas/Workflow' })
const rev = z.coerce.number().int().nonnegative()
const opened = storedWorkflow.extend({ workflow: workflowSchema })
const conflict = errorAnswer.extend({ rev: z.int().nonnegative() })
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 digits, 0 to 9 and a to f')

const newer = {
  description: 'Another revision stands there: `rev`, 0 when there is none',
  schema: conflict,
}

export function workflowRoutes(library: WorkflowLibrary): Route[] {
  return [...storedRoutes(library), ...sharedRoutes(library)]
}

function storedRoutes(library: WorkflowLibrary): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/workflows',
      access: 'user',
      summary: 'The workflows that are kept here, the one saved last first.',
      answers: {
        200: {
          description: 'The newest revision of each, without its content',
          schema: z.strictObject({ workflows: z.array(storedWorkflow) }),
        },
      },
      handle: () => ok({ workflows: library.list() }),
    }),
    route({
      method: 'GET',
      path: '/api/workflows/:id',
      access: 'user',
      summary: 'A workflow, as it is now or as it was in revision `rev`.',
      params: named,
      query: z.object({ rev: rev.optional() }),
      answers: { 200: { description: 'The workflow', schema: opened }, 404: refusal('No such workflow') },
      handle: ({ params: { id }, query }) => ok(library.open(id, query.rev) ?? notFound(id)),
    }),
    route({
      method: 'GET',
      path: '/api/workflows/:id/revs',
      access: 'user',
      summary: 'The revisions of a workflow that are kept, newest first.',
      params: named,
      answers: {
        200: {
          description: 'Each without its content',
          schema: z.strictObject({ revs: z.array(storedWorkflow) }),
        },
        404: refusal('No such workflow'),
      },
      handle({ params: { id } }) {
        const revs = library.revisions(id)
        return ok({ revs: revs.length > 0 ? revs : notFound(id) })
      },
    }),
    route({
      method: 'PUT',
      path: '/api/workflows/:id',
      access: 'user',
      summary: 'Saves a workflow as a new revision, if nobody else saved one meanwhile.',
      params: named,
      body: json(
        z.strictObject({
          rev: z.int().nonnegative().describe('The revision that it was made from; 0 for a new one'),
          workflow: anyWorkflow,
        }),
      ),
      answers: {
        200: { description: 'Saved', schema: storedWorkflow },
        409: newer,
        422: refusal('It is no workflow'),
        507: refusal('The disk, or the library, is full'),
      },
      handle({ params: { id }, body }) {
        const workflow = readable(body.workflow)
        if ('status' in workflow) return workflow
        const saved = library.save(id, body.rev, workflow)
        if (saved.kind === 'saved') return ok(saved.stored)
        if (saved.kind === 'conflict') return conflictAnswer(id, saved.rev)
        throw new HttpError(507, 'library-full', 'Cannot keep one more workflow: remove one first')
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/workflows/:id',
      access: 'user',
      summary: 'Removes a workflow with all its revisions, if nobody else saved one meanwhile.',
      params: named,
      query: z.object({ rev }),
      answers: {
        200: { description: 'Removed', schema: z.strictObject({ ok: z.literal(true) }) },
        404: refusal('No such workflow'),
        409: newer,
      },
      handle({ params: { id }, query }) {
        const removed = library.remove(id, query.rev)
        if (removed.kind === 'conflict') return conflictAnswer(id, removed.rev)
        return removed.kind === 'removed' ? ok({ ok: true }) : notFound(id)
      },
    }),
  ]
}

function sharedRoutes(library: WorkflowLibrary): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/shared',
      access: 'user',
      summary: 'Shares a workflow as it is: whoever may use this server can open it by its hash.',
      body: json(z.strictObject({ workflow: anyWorkflow })),
      answers: {
        201: { description: 'Where it is found', schema: z.strictObject({ hash }) },
        422: refusal('It is no workflow'),
        507: refusal('The disk is full'),
      },
      handle({ body }) {
        const workflow = readable(body.workflow)
        return 'status' in workflow ? workflow : ok({ hash: library.share(workflow) }, 201)
      },
    }),
    route({
      method: 'GET',
      path: '/api/shared/:hash',
      access: 'user',
      summary: 'A shared workflow.',
      params: z.object({ hash }),
      answers: {
        200: { description: 'The workflow', schema: workflowSchema },
        404: refusal('None is shared under that hash (any more)'),
      },
      handle({ params: { hash } }) {
        const workflow = library.shared(hash)
        if (workflow) return ok(workflow)
        throw new HttpError(
          404,
          'unknown-workflow',
          'Cannot find the workflow: none is shared under that hash',
        )
      },
    }),
  ]
}

function readable(sent: unknown): Workflow | Answer {
  const { workflow, faults } = readWorkflow(sent)
  return workflow ?? faultsAnswer('Cannot keep the workflow', faults)
}

function conflictAnswer(id: string, rev: number): Answer {
  const state = rev === 0 ? 'it is not there any more' : `revision ${rev} stands there now`
  const message = `Cannot change workflow '${id}': ${state}, open it again first`
  return ok({ error: { code: 'conflict', message }, rev }, 409)
}

function notFound(id: string): never {
  throw new HttpError(404, 'unknown-workflow', `Cannot find workflow '${id}': none is kept under that name`)
}
