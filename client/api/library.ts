/** Workflows that the server keeps, and those handed on by a link. */
import { z } from 'zod'
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import { storedWorkflow, type StoredWorkflow } from '#workflows/protocol.ts'
import { ask, HttpFailure } from './http.ts'

const opened = storedWorkflow.extend({ workflow: workflowSchema })
export type OpenedWorkflow = z.infer<typeof opened>

/** Somebody else saved meanwhile; `rev` is the one that stands there now, 0 when it was removed. */
export class RevConflict extends Error {
  readonly rev: number

  constructor(message: string, rev: number) {
    super(message)
    this.name = 'RevConflict'
    this.rev = rev
  }
}

const path = (id: string) => `/api/workflows/${encodeURIComponent(id)}`

export async function listStored(): Promise<readonly StoredWorkflow[]> {
  const reply = z.object({ workflows: z.array(storedWorkflow) }).parse(await ask('/api/workflows'))
  return reply.workflows
}

/** The revisions of a workflow that are kept, newest first. */
export async function listRevisions(id: string): Promise<readonly StoredWorkflow[]> {
  return z.object({ revs: z.array(storedWorkflow) }).parse(await ask(`${path(id)}/revs`)).revs
}

/** A workflow as it is now, or as it was in a revision. */
export async function openStored(id: string, rev?: number): Promise<OpenedWorkflow> {
  const reply = await ask(rev === undefined ? path(id) : `${path(id)}?rev=${rev}`)
  opened.parse(reply)
  // Not the checker's copy: that has another order of keys, and a file comes out as it went in.
  return reply as OpenedWorkflow
}

/**
 * Saves over revision `rev`; 0 for a new one. Gives what stands there now.
 *
 * @throws RevConflict when another revision stands there.
 */
export async function saveStored(id: string, rev: number, workflow: Workflow): Promise<StoredWorkflow> {
  try {
    return storedWorkflow.parse(await ask(path(id), { method: 'PUT', json: { rev, workflow } }))
  } catch (error) {
    const current = error instanceof HttpFailure && error.status === 409 ? revOf(error.body) : null
    if (current === null || !(error instanceof HttpFailure)) throw error
    throw new RevConflict(error.message, current)
  }
}

function revOf(body: unknown): number | null {
  return z.object({ rev: z.int() }).safeParse(body).data?.rev ?? null
}

export async function removeStored(id: string, rev: number): Promise<void> {
  await ask(`${path(id)}?rev=${rev}`, { method: 'DELETE' })
}

/** Gives the hash under which anybody who reaches this server can open the workflow. */
export async function share(workflow: Workflow): Promise<string> {
  const reply = await ask('/api/shared', { method: 'POST', json: { workflow } })
  return z.object({ hash: z.string() }).parse(reply).hash
}

export async function openShared(hash: string): Promise<Workflow> {
  const reply = await ask(`/api/shared/${encodeURIComponent(hash)}`)
  workflowSchema.parse(reply)
  return reply as Workflow
}
