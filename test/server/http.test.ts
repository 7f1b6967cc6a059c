import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import express from 'express'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '#server/limits.ts'
import { answerErrors } from '#server/http/http-error.ts'
import { mountRoutes } from '#server/http/mount-routes.ts'
import { route } from '#server/http/route.ts'
import { StoreFullError } from '#server/store/database.ts'
import { ask } from './helpers/ask.ts'
import { startFakeServer, workflowOf, type ToyServer } from './helpers/toy-server.ts'

let server: ToyServer

beforeAll(async () => {
  server = await startFakeServer()
})

afterAll(() => server.close())

const get = (path: string) => fetch(`${server.url}${path}`)
const post = (path: string, type: string, body: string | Uint8Array<ArrayBuffer>) =>
  fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body })
const postJson = (body: unknown) => post('/api/jobs', 'application/json', JSON.stringify(body))
const errorOf = async (answer: Response) => [
  answer.status,
  ((await answer.json()) as { error: { code: string } }).error.code,
]

describe('the API', () => {
  it('lists the nodes as the editor needs them', async () => {
    const catalogue = await (await get('/api/nodes')).json()
    expect(catalogue).toHaveProperty(['toy/text', 'params', 'text', 'widget'], 'text')
  })

  it('lists no models where there are none', async () => {
    expect(await (await get('/api/models')).json()).toEqual([])
  })

  it('lists the examples, the one to begin with first', async () => {
    const examples = (await (await get('/api/examples')).json()) as { name: string; workflow: object }[]
    expect(examples.at(0)).toMatchObject({ name: 'text-box', workflow: { groundwork: 1 } })
    expect(examples.length).toBeGreaterThan(2)
  })

  it('gives the JSON Schema of a workflow file', async () => {
    expect(await (await get('/api/schema')).json()).toMatchObject({
      type: 'object',
      required: ['groundwork', 'nodes'],
    })
  })

  it('answers what it does not know as JSON', async () => {
    expect(await errorOf(await get('/api/secrets'))).toEqual([404, 'unknown-route'])
    expect(await errorOf(await get('/etc/passwd'))).toEqual([404, 'unknown-route'])
  })

  it('serves the editor', async () => {
    expect(await (await get('/')).text()).toContain('<title>Groundwork</title>')
  })
})

describe('a job over HTTP', () => {
  const greet = workflowOf({ greeting: { type: 'toy/text' } })

  it('is taken, told of and called off', async () => {
    const wait = await postJson({ workflow: workflowOf({ w: { type: 'toy/wait' } }) })
    const { job } = (await wait.json()) as { job: string }
    expect(wait.status).toBe(202)
    expect(await (await get(`/api/jobs/${job}`)).json()).toMatchObject({
      job,
      events: [
        { seq: 1, kind: 'queued' },
        { seq: 2, kind: 'started' },
      ],
    })
    const call = await fetch(`${server.url}/api/jobs/${job}`, { method: 'DELETE' })
    expect(call.status).toBe(202)
  })

  it('tells only what came after an event', async () => {
    const { job } = (await (await postJson({ workflow: greet })).json()) as { job: string }
    const view = (await (await get(`/api/jobs/${job}?after=1`)).json()) as { events: { seq: number }[] }
    expect(view.events.every(({ seq }) => seq > 1)).toBe(true)
    expect(await errorOf(await get(`/api/jobs/${job}?after=x`))).toEqual([400, 'format'])
  })

  it('with faults gives all of them', async () => {
    const answer = await postJson({ workflow: workflowOf({ a: { type: 'no/a' }, b: { type: 'no/b' } }) })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({
      error: { code: 'faults', message: 'Cannot run the workflow: it has 2 faults' },
      faults: [{ path: ['nodes', 'a', 'type'] }, { path: ['nodes', 'b', 'type'] }],
    })
  })

  it.each([
    [-1, 200],
    [0, 200],
    [1, 400],
  ])('is one of a page of at most the limit: asked for the limit and %i, %i', async (more, status) => {
    expect((await get(`/api/jobs?limit=${limits.jobsPerPage + more}`)).status).toBe(status)
  })

  it('that is not known is not found', async () => {
    expect(await errorOf(await get('/api/jobs/none'))).toEqual([404, 'unknown-job'])
  })

  it.each([
    ['no JSON', '{"workflow":', [400, 'not-json']],
    ['too deep', `{"workflow":${'['.repeat(40)}${']'.repeat(40)}}`, [400, 'too-deep']],
    ['too large', JSON.stringify({ workflow: 'x'.repeat(limits.jsonBytes) }), [413, 'too-large']],
    ['of another shape', '{"graph":{}}', [400, 'format']],
    ['a list', '[]', [400, 'format']],
    ['nothing', '', [400, 'not-json']],
  ])('is refused when its body is %s', async (_what, body, expected) => {
    expect(await errorOf(await post('/api/jobs', 'application/json', body))).toEqual(expected)
  })

  it('leaves every prototype as it is, whatever its keys', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    const key = fc.constantFrom('__proto__', 'constructor', 'prototype', 'nodes', 'values', 'a')
    const tree = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constant(1),
        fc.dictionary(key, tie('tree'), { noNullPrototype: true }),
      ),
    })).tree
    await fc.assert(
      fc.asyncProperty(tree, async (workflow) => {
        const { status } = await postJson({ workflow })
        expect([202, 422]).toContain(status)
      }),
      { numRuns: 50 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('a picture', () => {
  const photo = () => sharp({ create: { width: 5, height: 3, channels: 3, background: '#123456' } })

  it('is stored as a plain PNG and served as nothing else', async () => {
    const answer = await post('/api/pictures', 'image/jpeg', new Uint8Array(await photo().jpeg().toBuffer()))
    const stored = (await answer.json()) as { picture: string }
    expect(answer.status).toBe(201)
    expect(stored).toMatchObject({ picture: expect.stringMatching(/^[0-9a-f]{64}$/), width: 5, height: 3 })
    const { headers, status } = await get(`/api/pictures/${stored.picture}`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('image/png')
    expect(headers.get('cache-control')).toContain('immutable')
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'")
  })

  it('of another type is refused before it is read', async () => {
    expect(await errorOf(await post('/api/pictures', 'image/svg+xml', '<svg/>'))).toEqual([
      415,
      'unknown-type',
    ])
  })

  it('of a claimed type that it is not is refused', async () => {
    expect(await errorOf(await post('/api/pictures', 'image/png', '<svg/>'))).toEqual([400, 'not-a-picture'])
  })

  it('of too many bytes is refused', async () => {
    const large = new Uint8Array(limits.pictureBytes + 1)
    expect(await errorOf(await post('/api/pictures', 'image/png', large))).toEqual([413, 'too-large'])
  })

  it('is found by its id only: no path leads out of the store', async () => {
    const hop = fc.constantFrom(
      '..',
      '%2e%2e',
      '%2f',
      '/',
      '\\',
      '%5c',
      '%00',
      'outside',
      '.png',
      'é',
      'a'.repeat(300),
    )
    await writeFile(join(server.dir, 'outside.png'), 'what lies outside')
    await fc.assert(
      fc.asyncProperty(fc.array(hop, { minLength: 1, maxLength: 6 }), async (hops) => {
        const { status, text } = await ask(server.port, { path: `/api/pictures/${hops.join('')}` })
        expect([400, 404]).toContain(status)
        expect(text).not.toContain('what lies outside')
      }),
      { numRuns: 60 },
    )
  })

  it('that is a link to something else is not followed', async () => {
    const id = 'a'.repeat(64)
    const outside = join(server.dir, 'outside')
    await mkdir(outside, { recursive: true })
    await writeFile(join(outside, 'outside.png'), 'what lies outside')
    await symlink(join(outside, 'outside.png'), join(server.dataDir, 'pictures', `${id}.png`))
    expect((await get(`/api/pictures/${id}`)).status).toBe(404)
  })

  it('leaves no half-written file behind', async () => {
    const names = await readdir(join(server.dataDir, 'pictures'))
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([])
  })
})

describe('a full disk', () => {
  it('refuses a picture with 507 and a sentence, and goes on answering', async () => {
    const noRoom = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const full = route({
      ...{ method: 'GET', path: '/full', access: 'open', summary: 'Stores something.' },
      answers: {},
      handle: () => Promise.reject(noRoom),
    })
    const stored = route({
      ...{ method: 'GET', path: '/queue', access: 'open', summary: 'Stores a job.' },
      answers: {},
      handle: () => Promise.reject(new StoreFullError('Cannot write to the store: the disk is full')),
    })
    const app = express().use(mountRoutes([full, stored]), answerErrors)
    const http = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => http.once('listening', resolve))
    const at = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    for (const path of ['/full', '/queue'])
      expect(await errorOf(await fetch(at + path))).toEqual([507, 'disk-full'])
    await new Promise((resolve) => http.close(resolve))
  })
})
