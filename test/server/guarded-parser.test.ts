import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { limits } from '#server/limits.ts'
import { guardedParser } from '#server/sockets/guarded-parser.ts'

const around = [-1, 0, 1]

let now: ReturnType<typeof vi.spyOn>
beforeEach(() => {
  now = vi.spyOn(performance, 'now').mockReturnValue(0)
})
afterEach(() => vi.restoreAllMocks())

/** What a decoder makes of messages, one after the other. */
function decoded() {
  const decoder = new guardedParser.Decoder()
  const packets: { readonly data: unknown; readonly id?: number }[] = []
  decoder.on('decoded', ({ data, id }) => packets.push({ data, ...(id !== undefined && { id }) }))
  return { packets, add: (message: unknown) => decoder.add(message) }
}

describe('messages of a socket', () => {
  it.each(around)('are parsed up to the limit of bytes, of the limit and %i', (more) => {
    const { packets, add } = decoded()
    const half = limits.socketBytesPerMinute / 2
    const ofSize = (bytes: number) => `21["${'x'.repeat(bytes - 6)}"]`
    add(ofSize(half))
    add(ofSize(half + more))
    expect(packets).toHaveLength(2)
    expect(packets[1]?.data).toEqual(more > 0 ? ['overdrawn'] : [expect.stringMatching(/^x+$/)])
  })

  it('beyond the limit are not even parsed, and parsed again when there is room', () => {
    const { packets, add } = decoded()
    for (let i = 0; i < limits.socketMessagesPerMinute; i++) add('2["cancel"]')
    add('217["cancel",this is no JSON')
    expect(packets.at(-1)).toEqual({ id: 17, data: ['overdrawn'] })
    now.mockReturnValue(60_000)
    add('218["cancel"]')
    expect(packets.at(-1)).toEqual({ id: 18, data: ['cancel'] })
  })

  it('beyond the limit that await no answer get none', () => {
    const { packets, add } = decoded()
    for (let i = 0; i <= limits.socketMessagesPerMinute; i++) add('2["cancel"]')
    expect(packets).toHaveLength(limits.socketMessagesPerMinute)
  })

  it.each([
    ['a second connect', ['0{}', '0{}']],
    ['an answer to nothing', ['31[]']],
    ['an event with attachments', ['51-["run",{"_placeholder":true,"num":0}]']],
    ['bytes', [Buffer.from('2["run"]')]],
    ['an unknown kind', ['9[]']],
    ['nothing', ['']],
  ])('that no editor sends end the connection: %s', (_what, messages) => {
    const { packets, add } = decoded()
    expect(() => messages.forEach(add)).toThrow()
    expect(packets.filter(({ data }) => Array.isArray(data))).toEqual([])
  })
})
