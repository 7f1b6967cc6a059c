import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Workflow } from '#workflows/format.ts'
import { limits } from '#workflows/limits.ts'
import { startFakeServer, workflowOf, type ToyServer } from './helpers/toy-server.ts'

let server: ToyServer

beforeAll(async () => {
  server = await startFakeServer()
})

afterAll(() => server.close())

async function send(method: string, path: string, body: unknown): Promise<[status: number, answer: unknown]> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) })
  return [answer.status, await answer.json()]
}

const open = async (path: string): Promise<unknown> => (await fetch(server.url + path)).json()

/** Nodes of a type that this machine does not have, so each of them is a fault. */
const strangers = (count: number): Workflow =>
  workflowOf(Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, { type: 'their/node' }])))

describe('a workflow with more faults than are told at once', () => {
  const workflow = strangers(limits.faults + 1)

  it('is saved, and opened as it was', async () => {
    expect(await send('PUT', '/api/workflows/large', { rev: 0, workflow })).toMatchObject([200, { rev: 1 }])
    expect(await open('/api/workflows/large')).toMatchObject({ workflow })
  })

  it('is shared, and opened as it was', async () => {
    const [status, answer] = await send('POST', '/api/shared', { workflow })
    expect(status).toBe(201)
    expect(await open(`/api/shared/${(answer as { hash: string }).hash}`)).toEqual(workflow)
  })
})

describe.each([
  ['of more nodes than a file may have', strangers(limits.nodes + 1), 'too-large'],
  ['that stands for more nodes than it may', standingFor(limits.nodes + 1), 'too-large'],
  ['that is not of the format', { ...strangers(1), nodse: {} }, 'format'],
])('a workflow %s', (_what, workflow, code) => {
  it.each([
    ['saved', 'PUT', '/api/workflows/odd', { rev: 0, workflow }],
    ['shared', 'POST', '/api/shared', { workflow }],
  ])('is not %s', async (_verb, method, path, body) => {
    expect(await send(method, path, body)).toMatchObject([422, { faults: [{ code }] }])
  })
})

/** Two subgraphs, the outer one using the inner one so often that together they are too many. */
function standingFor(count: number): Workflow {
  const inner = { nodes: strangers(100).nodes, inputs: {}, outputs: {} }
  const uses = Array.from({ length: Math.ceil(count / 100) }, (_, i) => [`u${i}`, { type: 'subgraph/inner' }])
  return { ...workflowOf(Object.fromEntries(uses)), subgraphs: { inner } }
}
