import { afterAll, beforeAll, expect, it } from 'vitest'
import { io } from 'socket.io-client'
import type { JobEvent } from '#workflows/protocol.ts'
import type { FakeRunner } from './helpers/fake-runner.ts'
import { startFakeServer, workflowOf, type EditorSocket, type ToyServer } from './helpers/toy-server.ts'
import { seeded } from './crash/seeded.ts'

const [clients, cuts, events, eventEveryMs] = [10, 10, 400, 10]

let server: ToyServer

beforeAll(async () => {
  server = await startFakeServer()
})

afterAll(() => server.close())

/** An editor on a bad line, which does as the real one: takes the next event, and asks again where one is missing. */
class Reader {
  readonly taken: JobEvent[] = []
  readonly socket: EditorSocket
  cuts = 0
  readonly #job: string
  readonly ended: Promise<void>
  #onEnd: () => void = () => undefined
  #cutAt: number[]
  #isCatchingUp = false
  #missedMeanwhile = false

  constructor(url: string, job: string, cutAt: number[]) {
    this.#job = job
    this.#cutAt = cutAt
    this.socket = io(url, {
      transports: ['websocket'],
      reconnectionDelay: 5,
      reconnectionDelayMax: 20,
      forceNew: true,
    })
    this.socket.on('connect', () => void this.#catchUp())
    this.socket.on('event', (event) => this.#take(event))
    this.ended = new Promise((resolve) => (this.#onEnd = resolve))
  }

  get #lastSeq(): number {
    return this.taken.at(-1)?.seq ?? 0
  }

  #take(event: JobEvent): void {
    if (event.seq <= this.#lastSeq) return
    if (event.seq > this.#lastSeq + 1) return void this.#catchUp()
    this.taken.push(event)
    if (event.kind === 'finished') this.#onEnd()
    if (event.seq === this.#cutAt[0]) this.#cut()
  }

  #cut(): void {
    this.#cutAt = this.#cutAt.slice(1)
    this.cuts++
    this.socket.io.engine.close()
  }

  async #catchUp(): Promise<void> {
    this.#missedMeanwhile = this.#isCatchingUp
    if (this.#isCatchingUp) return
    this.#isCatchingUp = true
    const asked = this.socket.timeout(5_000).emitWithAck('watch', { job: this.#job, lastSeq: this.#lastSeq })
    const reply = await asked.catch(() => null)
    this.#isCatchingUp = false
    if (reply?.ok) for (const event of reply.events) this.#take(event)
    if (this.#missedMeanwhile && this.socket.connected) void this.#catchUp()
  }
}

it('ten editors whose lines are cut ten times each under 100 events a second miss nothing', async () => {
  const run = await server.desk.submit({ workflow: workflowOf({ w: { type: 'toy/wait' } }) })
  const job = run.ok ? run.job : ''
  const runner = server.desk.runner as FakeRunner
  const random = seeded(7)
  const readers = Array.from({ length: clients }, () => {
    const cutAt = new Set<number>()
    while (cutAt.size < cuts) cutAt.add(10 + Math.floor(random() * (events - 20)))
    return new Reader(
      server.url,
      job,
      [...cutAt].sort((a, b) => a - b),
    )
  })
  await Promise.all(
    readers.map(({ socket }) => new Promise((resolve) => socket.once('connect', () => resolve(null)))),
  )
  for (let n = 0; n < events; n++) {
    runner.report({ kind: 'value', node: 'w', text: String(n) })
    await new Promise((resolve) => setTimeout(resolve, eventEveryMs))
  }
  runner.finish()
  await Promise.all(readers.map(({ ended }) => ended))
  const all = (await server.desk.view(job))?.events
  expect(all).toHaveLength(events + 3)
  for (const { taken, cuts: cut, socket } of readers) {
    expect(taken).toEqual(all)
    expect(cut).toBe(cuts)
    socket.close()
  }
})
