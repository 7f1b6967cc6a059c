/** Bounds that no other test counts out: each one below, at, and one above. */
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { Socket as NetSocket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { readBounded } from '#server/cli/workflow-file.ts'
import { JobDesk } from '#server/jobs/job-desk.ts'
import { limits } from '#server/limits.ts'
import { openEditor, startFakeServer, type Editor, type ToyServer } from './helpers/toy-server.ts'

const around = [-1, 0, 1]

describe('a file opened from the command line', () => {
  let path: string

  beforeAll(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'groundwork-bounds-')), 'picture.png')
    await writeFile(path, '')
  })

  afterAll(() => rm(join(path, '..'), { recursive: true }))

  it.each(around)('of the limit and %i bytes is read up to the limit only', async (more) => {
    const size = limits.pngBytes + more
    await truncate(path, size)
    if (more > 0) await expect(readBounded(path)).rejects.toThrow(`the limit is ${limits.pngBytes}`)
    else expect(await readBounded(path)).toHaveLength(size)
  })
})

describe('sockets', () => {
  let server: ToyServer
  let editors: Editor[] = []

  beforeAll(async () => {
    server = await startFakeServer()
  })

  afterEach(() => vi.restoreAllMocks())

  afterAll(async () => {
    for (const editor of editors) editor.close()
    await server.close()
  })

  it.each(around)('of one editor watch no more jobs than the limit, of the limit and %i', async (more) => {
    const watched = new Set<string>()
    vi.spyOn(JobDesk.prototype, 'watch').mockImplementation((job) => {
      watched.add(job)
      const close = () => void watched.delete(job)
      return Promise.resolve({ state: 'queued', events: [], open: () => undefined, close })
    })
    const editor = await openEditor(server)
    const jobs = Array.from({ length: limits.watchesPerSocket + more }, () => randomUUID())
    for (const job of jobs)
      expect(await editor.socket.emitWithAck('watch', { job, lastSeq: 0 })).toMatchObject({ ok: true })
    expect([...watched]).toEqual(jobs.slice(-limits.watchesPerSocket))
    editor.close()
    await vi.waitFor(() => expect(watched.size).toBe(0))
  })

  it('that go while their job is looked up do not go on watching it', async () => {
    const closed: string[] = []
    const gone = new Promise<void>((resolve) => {
      vi.spyOn(JobDesk.prototype, 'onQueueChange').mockReturnValue(resolve)
    })
    const editor = await openEditor(server)
    vi.spyOn(JobDesk.prototype, 'watch').mockImplementation(async (job) => {
      if (job === 'second') {
        editor.close()
        await gone
      }
      return { state: 'queued', events: [], open: () => undefined, close: () => void closed.push(job) }
    })
    await editor.socket.emitWithAck('watch', { job: 'first', lastSeq: 0 })
    editor.socket.emit('watch', { job: 'second', lastSeq: 0 }, () => undefined)
    await vi.waitFor(() => expect(closed).toEqual(['first', 'second']))
  })

  it('that ask and do not listen are closed, and those that listen are answered', async () => {
    const text = 'x'.repeat(limits.unsentBytes / 8)
    const view = {
      state: 'running' as const,
      events: [{ job: 'j', seq: 1, kind: 'value' as const, node: 'a', text }],
      open: () => undefined,
      close: () => undefined,
    }
    const asked = vi.spyOn(JobDesk.prototype, 'watch').mockResolvedValue(view)
    const request = { job: randomUUID(), lastSeq: 0 }
    const listening = await openEditor(server)
    for (let i = 0; i < 20; i++)
      expect(await listening.socket.emitWithAck('watch', request)).toMatchObject({ ok: true })
    expect(listening.socket.connected).toBe(true)
    listening.close()

    asked.mockClear()
    const deaf = await openEditor(server)
    const closed = new Promise((resolve) => deaf.socket.once('disconnect', resolve))
    const { ws } = deaf.socket.io.engine.transport as unknown as { ws: { _socket: NetSocket } }
    ws._socket.pause()
    for (let i = 0; i < 40; i++) deaf.socket.emit('watch', request, () => undefined)
    await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(7))
    ws._socket.resume()
    await closed
    expect(asked.mock.calls.length).toBeLessThan(40)
  })

  it('may be silent as long as the limit says, which the library sees to', async () => {
    const editor = await openEditor(server)
    const engine = editor.socket.io.engine as unknown as { readonly _pingTimeout: number }
    expect(engine._pingTimeout).toBe(limits.silentSocketMs)
    editor.close()
  })

  it.each(around)('are answered up to the limit of messages, of the limit and %i', async (more) => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    const editor = await openEditor(server)
    const refusedOf = async (count: number) => {
      const replies = await Promise.all(
        Array.from({ length: count }, () => editor.socket.emitWithAck('cancel', { job: 'none' })),
      )
      return replies.filter((reply) => !reply.ok && (reply.message ?? '').includes('messages a minute'))
        .length
    }
    expect(await refusedOf(limits.socketMessagesPerMinute + more)).toBe(Math.max(0, more))
    now.mockReturnValue(60_000)
    expect(await refusedOf(1)).toBe(0)
    editor.close()
  })

  it('are let in up to the limit, turned away beyond it, and let in again when one has gone', async () => {
    editors = await Promise.all(Array.from({ length: limits.sockets - 1 }, () => openEditor(server)))
    editors.push(await openEditor(server))
    await expect(openEditor(server)).rejects.toThrow()
    editors.pop()?.close()
    await vi.waitFor(async () => editors.push(await openEditor(server)))
    expect(editors).toHaveLength(limits.sockets)
  })
})
