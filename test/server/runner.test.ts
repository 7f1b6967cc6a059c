import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { limits } from '#server/limits.ts'
import { Supervisor } from '#server/runner/supervisor.ts'
import { toyNodesDir } from './helpers/toy-nodes-dir.ts'
import { openEditor, startToyServer, workflowOf, type Editor } from './helpers/toy-server.ts'

const greet = workflowOf({ greeting: { type: 'toy/text', values: { text: 'good morning' } } })
const wait = workflowOf({ waiting: { type: 'toy/wait' } })
const paint = (seed: number) => workflowOf({ painter: { type: 'toy/paint', values: { seed } } })

async function putModel(dir: string): Promise<void> {
  await cp(fileURLToPath(new URL('../fixtures/pipeline', import.meta.url)), dir, { recursive: true })
  await writeFile(join(dir, 'model_index.json'), '{}')
}

/** Processes take their time to start on a busy machine. */
const standsBy = { timeout: 30_000, interval: 20 }

let server: Awaited<ReturnType<typeof startToyServer>>
let editor: Editor

beforeAll(async () => {
  server = await startToyServer({ ...limits, cancelGraceMs: 300, spareAfterMs: 100 })
  editor = await openEditor(server)
}, 60_000)

afterAll(async () => {
  editor.close()
  await server.close()
})

describe('a run', () => {
  it('reports what happens, numbered from 1 without gaps', async () => {
    const job = await editor.run(greet)
    await editor.until(job, 'finished')
    const events = editor.events.filter((event) => event.job === job)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
    expect(events.map(({ kind }) => kind)).toEqual([
      'queued',
      'started',
      'node-started',
      'value',
      'node-finished',
      'finished',
    ])
  })

  it('shows previews before the picture that it makes', async () => {
    editor.arrivals.length = 0
    await editor.until(await editor.run(paint(40)), 'finished')
    expect(editor.previews.at(0)).toMatchObject({
      node: 'painter',
      mime: 'image/png',
      width: 8,
      step: 0,
      total: 3,
      beta: 1,
    })
    expect(editor.arrivals.indexOf('preview')).toBeGreaterThan(-1)
    expect(editor.arrivals.indexOf('preview')).toBeLessThan(editor.arrivals.indexOf('output'))
  })

  it('gives its picture with the workflow inside', async () => {
    const made = await editor.until(await editor.run(paint(41)), 'output')
    const answer = await fetch(`${server.url}/api/pictures/${made.kind === 'output' ? made.picture : ''}`)
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1')).toContain(
      'groundwork\0{"groundwork":1',
    )
  })

  it('that fails says which node and why', async () => {
    const job = await editor.run(
      workflowOf({ photo: { type: 'toy/load', values: { picture: 'f'.repeat(64) } } }),
    )
    const message = "Cannot run node 'photo' (ToyLoad): cannot load picture 'ffff"
    expect(await editor.until(job, 'finished')).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(message),
    })
  })

  it('with faults is refused with all of them, and no job begins', async () => {
    const faulty = workflowOf({ a: { type: 'toy/texd' }, b: { type: 'toy/text', values: { text: 1 } } })
    const reply = await editor.socket.emitWithAck('run', { workflow: faulty })
    expect(reply).toMatchObject({
      ok: false,
      faults: [{ path: ['nodes', 'a', 'type'] }, { path: ['nodes', 'b', 'values', 'text'] }],
    })
  })

  it('up to a node that does not exist is refused', async () => {
    const reply = await editor.socket.emitWithAck('run', { workflow: greet, targets: ['greting'] })
    expect(reply).toMatchObject({ ok: false, faults: [{ code: 'unknown-node' }] })
  })
})

describe('the runner', () => {
  it('killed in the middle of a job twice fails that job with its node, and the next one runs', async () => {
    const killed = await editor.run(workflowOf({ x: { type: 'toy/die' } }))
    const next = await editor.run(greet)
    const because =
      "The runner ended while node 'x' ran (signal SIGKILL): it ran out of memory, was killed or crashed"
    expect(await editor.until(killed, 'finished')).toMatchObject({
      kind: 'failed',
      code: 'crashed',
      message: `${because}, as happened before: the job was started 2 times and is not tried again; change it, or retry it by hand`,
    })
    const again = editor.events.filter(({ job, kind, seq }) => job === killed && kind === 'queued' && seq > 1)
    expect(again).toMatchObject([{ because }])
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect(await editor.until(next, 'finished')).toMatchObject({ kind: 'finished' })
  })

  it('killed while idle is replaced', async () => {
    const before = server.runner.pid
    process.kill(before ?? 0, 'SIGKILL')
    expect(await editor.until(await editor.run(greet), 'finished')).toMatchObject({ kind: 'finished' })
    expect(server.runner.pid).not.toBe(before)
  })

  it('killed in the middle of a job has another standing by soon, though the job goes on', async () => {
    const killed = await editor.run(wait)
    const next = await editor.run(greet)
    await editor.until(killed, 'node-started')
    await vi.waitFor(() => expect(server.runner.sparePid).not.toBeNull(), standsBy)
    const [first, second] = [server.runner.pid, server.runner.sparePid]
    process.kill(first ?? 0, 'SIGKILL')
    await vi.waitFor(() => expect(server.runner.pid).toBe(second), standsBy)
    await vi.waitFor(() => expect(server.runner.sparePid).not.toBeNull(), standsBy)
    const third = server.runner.sparePid
    expect(editor.events.some(({ job, kind }) => job === killed && kind === 'failed')).toBe(false)
    process.kill(second ?? 0, 'SIGKILL')
    expect(await editor.until(killed, 'finished')).toMatchObject({ kind: 'failed', code: 'crashed' })
    expect(await editor.until(next, 'finished')).toMatchObject({ kind: 'finished' })
    expect(server.runner.pid).toBe(third)
  })

  it('keeps its process and its results over jobs', async () => {
    const before = server.runner.pid
    await editor.until(await editor.run(greet), 'finished')
    const finished = await editor.until(await editor.run(greet), 'node-finished')
    expect(finished).toMatchObject({ runs: 0, cachedRuns: 1 })
    expect(server.runner.pid).toBe(before)
  })
})

describe('a runner that takes over', () => {
  it('knows what the one before it knew, and looks what came since', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'groundwork-models-'))
    const models = join(dir, 'models')
    await mkdir(models)
    const options = { dataDir: join(dir, 'data'), modelDirs: [models], device: 'cpu', nodesDir: toyNodesDir }
    const silent = { event: vi.fn(), preview: vi.fn(), ended: vi.fn(), idle: vi.fn() }
    const runner = new Supervisor(options, silent, { ...limits, spareAfterMs: 0 })
    const known = () => runner.facts.models.map(({ id }) => id)
    await runner.start()
    await vi.waitFor(() => expect(runner.sparePid).not.toBeNull(), standsBy)
    await putModel(join(models, 'asked'))
    await runner.describe()
    await putModel(join(models, 'new'))
    silent.idle.mockImplementationOnce(() => expect(known()).toEqual(['asked']))
    process.kill(runner.pid ?? 0, 'SIGKILL')
    await vi.waitFor(() => expect(known()).toEqual(['asked', 'new']), standsBy)
    expect(silent.idle).toHaveBeenCalledTimes(2)
    await runner.close()
    await rm(dir, { recursive: true })
  })
})

describe('a server whose runner cannot work', () => {
  it('does not start, and says why in the words of the runner', async () => {
    const nodesDir = await mkdtemp(join(tmpdir(), 'groundwork-nodes-'))
    await mkdir(join(nodesDir, 'toy'))
    await writeFile(join(nodesDir, 'toy', 'broken.ts'), 'export default 1')
    const options = { dataDir: join(nodesDir, 'data'), modelDirs: [], device: 'cpu', nodesDir }
    const silent = { event: vi.fn(), preview: vi.fn(), ended: vi.fn(), idle: vi.fn() }
    const runner = new Supervisor(options, silent, { ...limits, cancelGraceMs: 300, spareAfterMs: 100 })
    await expect(runner.start()).rejects.toThrow('nodes/toy/broken.ts: it has no node as its default export')
    await runner.close()
    await rm(nodesDir, { recursive: true })
  })
})

describe('cancelling', () => {
  it('a job that waits takes it out of the queue', async () => {
    const first = await editor.run(wait)
    const second = await editor.run(greet)
    expect(await editor.socket.emitWithAck('cancel', { job: second })).toEqual({ ok: true })
    expect(await editor.until(second, 'finished')).toMatchObject({ kind: 'cancelled', seq: 2 })
    await editor.socket.emitWithAck('cancel', { job: first })
    await editor.until(first, 'finished')
  })

  it('a running job stops it and keeps the runner', async () => {
    const before = server.runner.pid
    const job = await editor.run(wait)
    await editor.until(job, 'node-started')
    await editor.socket.emitWithAck('cancel', { job })
    expect(await editor.until(job, 'finished')).toMatchObject({ kind: 'cancelled' })
    expect(server.runner.pid).toBe(before)
  })

  it('a job that hangs in a native call kills its runner after the grace, and the next job runs', async () => {
    const job = await editor.run(workflowOf({ stuck: { type: 'toy/hang' } }))
    await editor.until(job, 'node-started')
    const next = await editor.run(greet)
    await editor.socket.emitWithAck('cancel', { job })
    expect(await editor.until(job, 'finished')).toMatchObject({ kind: 'cancelled' })
    expect(await editor.until(next, 'finished')).toMatchObject({ kind: 'finished' })
  })

  it('a job that ended, or never was, says so', async () => {
    const job = await editor.run(greet)
    await editor.until(job, 'finished')
    expect(await editor.socket.emitWithAck('cancel', { job })).toMatchObject({
      message: expect.stringContaining('it is finished already'),
    })
    expect(await editor.socket.emitWithAck('cancel', { job: 'none' })).toMatchObject({
      message: expect.stringContaining('it never was'),
    })
  })
})

describe('watching', () => {
  it('again after an absence replays what was missed, without gaps', async () => {
    const absent = await openEditor(server)
    const job = await absent.run(wait)
    await absent.until(job, 'node-started')
    absent.close()
    const back = await openEditor(server)
    const reply = await back.socket.emitWithAck('watch', { job, lastSeq: 2 })
    await back.socket.emitWithAck('cancel', { job })
    await back.until(job, 'finished')
    const missed = reply.ok ? reply.events : []
    expect(reply).toMatchObject({ ok: true, state: 'running' })
    const heard = [...missed, ...back.events].map(({ seq }) => seq)
    expect(heard).toEqual(heard.map((_, i) => i + 3))
    back.close()
  })

  it('a job that ended gives all of it', async () => {
    const job = await editor.run(greet)
    await editor.until(job, 'finished')
    const late = await openEditor(server)
    const reply = await late.socket.emitWithAck('watch', { job, lastSeq: 0 })
    expect(reply).toEqual({
      ok: true,
      state: 'finished',
      events: editor.events.filter((event) => event.job === job),
    })
    late.close()
  })

  it('is not done by chance: a socket hears nothing of the jobs of others', async () => {
    const other = await openEditor(server)
    await editor.until(await editor.run(paint(60)), 'finished')
    expect([other.events, other.previews]).toEqual([[], []])
    other.close()
  })

  it('a job that is not known is refused', async () => {
    const reply = await editor.socket.emitWithAck('watch', { job: 'none', lastSeq: 0 })
    expect(reply).toEqual({
      ok: false,
      message: "Cannot find job 'none': it never was, or it ended too long ago",
    })
  })
})
