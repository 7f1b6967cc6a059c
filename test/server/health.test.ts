import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readiness } from '#server/health/readiness.ts'
import { ask } from './helpers/ask.ts'
import { startFakeServer, workflowOf, type ToyServer } from './helpers/toy-server.ts'

let server: ToyServer

beforeAll(async () => {
  server = await startFakeServer()
})

afterAll(() => server.close())

const get = (path: string) => ask(server.port, { path, headers: { host: `127.0.0.1:${server.port}` } })

describe('readiness', () => {
  it('is told with each check while all hold', async () => {
    const { status, text } = await get('/readyz')
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      { ok: true, checks: { store: { ok: true }, runner: { ok: true } } },
    ])
  })

  it('fails with any check, names it, and does not ask again within a second', async () => {
    const clock = { now: 0 }
    let asked = 0
    const full = () => {
      asked++
      throw new Error('disk full')
    }
    const ready = readiness({ store: full, runner: () => undefined }, () => clock.now)
    expect(await ready()).toMatchObject({ ok: false, checks: { store: { ok: false }, runner: { ok: true } } })
    clock.now = 999
    expect((await ready()).ageMs).toBe(999)
    expect(asked).toBe(1)
    clock.now = 1_000
    await ready()
    expect(asked).toBe(2)
  })
})

describe('the metrics', () => {
  it('count jobs by state, and requests by their place in the table only', async () => {
    const run = await server.desk.submit({ workflow: workflowOf({ w: { type: 'toy/wait' } }) })
    if (run.ok) await server.desk.cancel(run.job)
    await get('/api/jobs/a-canary-that-nobody-may-find')
    const { text } = await get('/metrics')
    expect(text).toMatch(/^jobs_total\{state="cancelled",reason=""\} 1$/m)
    expect(text).toMatch(/^http_request_seconds_count\{route="GET \/api\/jobs\/:job",code="4xx"\} 1$/m)
    expect(text).toMatch(/^runner_up 1$/m)
    expect(text).toMatch(/^jobs_queued 0$/m)
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
    expect(text).not.toContain('canary')
  })
})
