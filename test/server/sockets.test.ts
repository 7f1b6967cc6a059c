import fc from 'fast-check'
import type { Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '#server/limits.ts'
import { openEditor, startFakeServer, type Editor, type ToyServer } from './helpers/toy-server.ts'

let server: ToyServer
let editor: Editor

beforeAll(async () => {
  server = await startFakeServer()
  editor = await openEditor(server)
})

afterAll(async () => {
  editor.close()
  await server.close()
})

/** Sends what no editor would send. */
const send = (event: string, ...payload: unknown[]): Promise<unknown> =>
  anySocket().emitWithAck(event, ...payload)

/** The same socket without its types. */
function anySocket(): Socket {
  return editor.socket as unknown as Socket
}

describe('a request over a socket', () => {
  it.each(['run', 'watch', 'cancel', 'validate'])(
    '%s of any shape gets a reply that refuses it',
    async (event) => {
      await fc.assert(
        fc.asyncProperty(fc.jsonValue({ maxDepth: 5 }), async (payload) => {
          const reply = await send(event, payload)
          expect(JSON.stringify(reply)).toContain('Cannot read the request')
        }),
        { numRuns: 50 },
      )
      expect(editor.socket.connected).toBe(true)
    },
  )

  it('without anybody who waits for the reply does no harm', async () => {
    anySocket().emit('run')
    anySocket().emit('overdrawn')
    anySocket().emit('overdrawn', {})
    anySocket().emit('watch', null)
    expect(await send('validate', { workflow: {} })).toHaveProperty('faults')
  })

  it('gives every fault of a workflow', async () => {
    const nodes = { a: { type: 'no/a' }, b: { type: 'no/b' } }
    expect(await send('validate', { workflow: { groundwork: 1, nodes } })).toMatchObject({
      faults: { length: 2 },
    })
  })

  it('nested without end closes the socket before it is parsed', async () => {
    const hostile = await openEditor(server)
    const closed = new Promise((resolve) => hostile.socket.once('disconnect', resolve))
    const raw = (hostile.socket.io as unknown as { engine: { write(text: string): void } }).engine
    raw.write(`2["run",${'['.repeat(500_000)}`)
    expect(await closed).toBe('transport close')
  })

  it.each([
    [-1, 'answered'],
    [0, 'answered'],
    [1, 'transport close'],
  ])('of the limit and %i bytes, closes the socket beyond it: %s', async (more, outcome) => {
    const own = await openEditor(server)
    const closed = new Promise((resolve) => own.socket.once('disconnect', resolve))
    const send = (workflow: string) =>
      new Promise((resolve) =>
        (own.socket as unknown as Socket).emit('validate', { workflow }, () => resolve('answered')),
      )
    // What a message holds beside the workflow: `42` and the number it is answered under, and the names.
    const around = '420["validate",{"workflow":""}]'.length
    expect(await Promise.race([closed, send('x'.repeat(limits.socketBytes - around + more))])).toBe(outcome)
    own.close()
  })

  it('still finds the server well after all that', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })
})
