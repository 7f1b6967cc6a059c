import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onlyThisMachine } from '#server/access/reach.ts'
import type { Access } from '#server/http/route.ts'
import { ask } from './helpers/ask.ts'
import { startFakeServer, type ToyServer } from './helpers/toy-server.ts'

interface Row {
  readonly access: Access
  /** What it answers to whoever may ask; 404 where the question names something that is not there. */
  readonly status: number
  readonly type?: string
  readonly body?: string
}

const json = (body: unknown) => ({ type: 'application/json', body: JSON.stringify(body) })

/** Every address, with who may ask it and what it answers to a plain question. One without a row fails. */
const rows: Readonly<Record<string, Row>> = {
  'GET /healthz': { access: 'open', status: 200 },
  'GET /readyz': { access: 'open', status: 200 },
  'GET /metrics': { access: 'machine', status: 200 },
  'GET /api/session': { access: 'user', status: 200 },
  'POST /api/session': { access: 'open', status: 401, ...json({ token: 'x' }) },
  'DELETE /api/session': { access: 'user', status: 204 },
  'DELETE /api/sessions': { access: 'user', status: 204 },
  'GET /api/nodes': { access: 'user', status: 200 },
  'GET /api/models': { access: 'user', status: 200 },
  'GET /api/examples': { access: 'user', status: 200 },
  'GET /api/schema': { access: 'user', status: 200 },
  'GET /api/openapi.json': { access: 'user', status: 200 },
  'GET /api/docs': { access: 'user', status: 200 },
  'POST /api/jobs': { access: 'user', status: 422, ...json({ workflow: {} }) },
  'GET /api/jobs': { access: 'user', status: 200 },
  'DELETE /api/jobs': { access: 'user', status: 202 },
  'PATCH /api/jobs/:job': { access: 'user', status: 404, ...json({ priority: 1 }) },
  'POST /api/jobs/:job/retry': { access: 'user', status: 404 },
  'GET /api/jobs/:job/workflow': { access: 'user', status: 404 },
  'GET /api/jobs/:job/steps': { access: 'user', status: 404 },
  'GET /api/jobs/:job/steps/:node/:index': { access: 'user', status: 404 },
  'GET /api/workflows': { access: 'user', status: 200 },
  'GET /api/workflows/:id': { access: 'user', status: 404 },
  'GET /api/workflows/:id/revs': { access: 'user', status: 404 },
  'PUT /api/workflows/:id': { access: 'user', status: 422, ...json({ rev: 0, workflow: {} }) },
  'DELETE /api/workflows/:id': { access: 'user', status: 400 },
  'POST /api/shared': { access: 'user', status: 422, ...json({ workflow: {} }) },
  'GET /api/shared/:hash': { access: 'user', status: 400 },
  'GET /api/queue': { access: 'user', status: 200 },
  'POST /api/queue/pause': { access: 'user', status: 200 },
  'POST /api/queue/resume': { access: 'user', status: 200 },
  'GET /api/jobs/:job': { access: 'user', status: 404 },
  'DELETE /api/jobs/:job': { access: 'user', status: 404 },
  'GET /api/pictures/:id': { access: 'user', status: 404 },
  'POST /api/pictures': { access: 'user', status: 400, type: 'image/png', body: 'no picture' },
}

const token = 'the token of this test'

let server: ToyServer
let guarded: ToyServer

beforeAll(async () => {
  server = await startFakeServer()
  guarded = await startFakeServer({ ...onlyThisMachine, token })
})

afterAll(() => Promise.all([server.close(), guarded.close()]))

function send(name: string, headers: Readonly<Record<string, string>> = {}, to = server) {
  const [method = '', path = ''] = name.split(' ')
  const { type, body } = rows[name] ?? {}
  return ask(to.port, {
    method,
    path: path.replace(/:\w+/g, '0'),
    headers: { host: `127.0.0.1:${to.port}`, ...(type && { 'content-type': type }), ...headers },
    ...(body !== undefined && { body }),
  })
}

it('the table of routes and the rows of this test name the same addresses and access', () => {
  const table = server.routes.map(({ method, path, access }) => [`${method} ${path}`, access])
  expect(Object.fromEntries(table)).toEqual(
    Object.fromEntries(Object.entries(rows).map(([name, { access }]) => [name, access])),
  )
})

describe.each(Object.keys(rows))('%s', (name) => {
  it('answers whoever may ask', async () => {
    expect((await send(name)).status).toBe(rows[name]?.status)
  })

  it('answers no page of another site', async () => {
    expect((await send(name, { origin: 'http://evil.example' })).status).toBe(403)
    expect((await send(name, { origin: 'null' })).status).toBe(403)
  })

  it('answers nobody who has not shown the token, where one is asked for, unless it is open', async () => {
    const isOpen = rows[name]?.access === 'open'
    expect((await send(name, {}, guarded)).status).toBe(isOpen ? rows[name]?.status : 401)
    const wrong = { cookie: `groundwork-${guarded.port}=${'A'.repeat(43)}`, origin: guarded.url }
    expect((await send(name, wrong, guarded)).status).toBe(isOpen ? rows[name]?.status : 401)
  })

  it('answers whoever has shown it', async () => {
    expect((await send(name, { authorization: `Bearer ${token}` }, guarded)).status).toBe(rows[name]?.status)
  })

  it('answers no name that resolves to this machine', async () => {
    expect((await send(name, { host: `evil.example:${server.port}` })).status).toBe(403)
  })
})

describe('the OpenAPI document', () => {
  it('has every address of the table, and refers to nothing that it lacks', async () => {
    const { text } = await send('GET /api/openapi.json')
    const document = JSON.parse(text) as {
      paths: Record<string, Record<string, { security: unknown[]; responses: Record<string, unknown> }>>
      components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> }
    }
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.sort()).toEqual(
      Object.keys(rows)
        .map((name) => name.replace(/:(\w+)/g, '{$1}'))
        .sort(),
    )
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"/]+)"/g)].map(([, to]) => to)
    expect(references.length).toBeGreaterThan(5)
    expect(references.filter((to) => !Object.hasOwn(document.components.schemas, to ?? ''))).toEqual([])
    expect([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to)).not.toContainEqual(
      expect.stringMatching(/^(?!#\/)/),
    )
    for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path)))
      expect(Object.keys(operation.responses)).toContain('default')
    const jobs = document.paths['/api/jobs']?.['post']
    expect(jobs?.security).toEqual([{ token: [] }, {}])
    expect(document.paths['/healthz']?.['get']?.security).toEqual([])
    expect(Object.keys(document.components.securitySchemes)).toEqual(['token'])
  })

  it('can be read as a page, which loads nothing and runs nothing', async () => {
    const { text } = await send('GET /api/docs')
    for (const name of Object.keys(rows)) expect(text).toContain(`<code>${name.split(' ')[1]}</code>`)
    expect(text).not.toMatch(/<script|src=|@import|url\(/)
  })
})
