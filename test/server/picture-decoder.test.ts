import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { limits } from '#server/limits.ts'
import { PictureDecoder, type DecoderBounds } from '#server/pictures/picture-decoder.ts'

const toy = fileURLToPath(new URL('./toy-decoder/child.ts', import.meta.url))

/** A picture as far as its first bytes go; its last one tells the toy decoder what to do. */
const picture = (order: string) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(order)])

let decoder: PictureDecoder
const shared = new PictureDecoder(limits, toy)

/** With a decoder of its own that dies, hangs and answers as it is told. */
function ownDecoder(bounds: Partial<DecoderBounds> = {}): void {
  decoder = new PictureDecoder({ ...limits, ...bounds }, toy)
}

/** The process that decoded a picture that is no trouble. */
const decodedBy = async () => (await decoder.decode(picture('answer.'))).width

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

beforeEach(() => void (decoder = shared))
afterEach(async () => {
  if (decoder !== shared) await decoder.close()
})
afterAll(() => shared.close())

describe('a decoder', () => {
  it('gives what the process makes of a picture, and keeps the process for the next', async () => {
    const { png } = await decoder.decode(picture('answer.'))
    expect(Buffer.from(png)).toEqual(picture('answer.'))
    expect(await decodedBy()).toBe(await decodedBy())
  })

  it('passes on why a picture is refused, and keeps the process', async () => {
    const before = await decodedBy()
    await expect(decoder.decode(picture('r'))).rejects.toMatchObject({
      name: 'PictureError',
      code: 'damaged',
      message: 'Cannot import the picture: torn',
    })
    expect(await decodedBy()).toBe(before)
  })

  it('that dies refuses that picture, and the next ones get another process', async () => {
    const [before, death, after] = await Promise.allSettled([
      decodedBy(),
      decoder.decode(picture('d')),
      decodedBy(),
    ])
    expect(death).toMatchObject({
      reason: {
        code: 'damaged',
        message: 'Cannot import the picture: its decoder crashed on it, save it again',
      },
    })
    expect(after.status).toBe('fulfilled')
    expect(after).not.toEqual(before)
  })

  it('that hangs is killed at the deadline, and the next picture gets another process', async () => {
    ownDecoder({ pictureMs: 200 })
    const before = await decodedBy()
    const hung = decoder.decode(picture('h'))
    const next = decodedBy()
    await expect(hung).rejects.toMatchObject({
      code: 'too-slow',
      message: expect.stringContaining('decoding it takes longer than 0.2 s, make it smaller'),
    })
    expect(await next).not.toBe(before)
    await vi.waitFor(() => expect(isAlive(before)).toBe(false))
  })

  it.each([-1, 0])('lets pictures wait up to the limit%i', async (more) => {
    const count = 1 + limits.waitingPictures + more
    expect(new Set(await Promise.all(Array.from({ length: count }, decodedBy))).size).toBe(1)
  })

  it('refuses a picture when the limit of them wait, and takes it once there is room', async () => {
    const all = Array.from({ length: 1 + limits.waitingPictures }, decodedBy)
    await expect(decodedBy()).rejects.toMatchObject({
      name: 'BusyError',
      message: 'Cannot import the picture now: too many are waiting already, try again in a moment',
    })
    await Promise.all(all)
    expect(await decodedBy()).toBeGreaterThan(0)
  })

  it('ends its process when nothing came for a while, and starts another for what comes', async () => {
    ownDecoder({ idleDecoderMs: 10 })
    const before = await decodedBy()
    await vi.waitFor(() => expect([decoder.pid, isAlive(before)]).toEqual([null, false]))
    expect(await decodedBy()).not.toBe(before)
  })

  it('that is closed ends its process, and whoever waits is told', async () => {
    ownDecoder()
    const pid = await decodedBy()
    const waiting = [decoder.decode(picture('h')), decodedBy()]
    const told = Promise.all(waiting.map((one) => expect(one).rejects.toThrow('the server stops')))
    await decoder.close()
    await told
    expect(isAlive(pid)).toBe(false)
    await expect(decodedBy()).rejects.toThrow('the server stops')
  })

  it('asks no process about what is no picture', async () => {
    ownDecoder()
    await expect(decoder.decode(Buffer.from('<svg/>'))).rejects.toThrow('only PNG, JPEG and WebP')
    expect(decoder.pid).toBeNull()
  })
})

describe('the times of a decoder', () => {
  const onlyTimers = { toFake: ['setTimeout', 'clearTimeout'] } satisfies Parameters<
    typeof vi.useFakeTimers
  >[0]

  beforeEach(() => void vi.useFakeTimers(onlyTimers))
  afterEach(() => void vi.useRealTimers())

  /** Until the process has begun, or has nothing to do: only then a clock runs. */
  async function untilClockRuns(): Promise<void> {
    while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
  }

  it('let it decode for as long as the limit says, and not a moment longer', async () => {
    ownDecoder()
    const hung = decoder.decode(picture('h')).catch((error: Error) => error.message)
    await untilClockRuns()
    const pid = decoder.pid
    vi.advanceTimersByTime(limits.pictureMs - 1)
    expect(decoder.pid).toBe(pid)
    vi.advanceTimersByTime(1)
    expect(await hung).toContain('takes longer than 20 s')
    expect(decoder.pid).toBeNull()
  })

  it('let it idle for as long as the limit says, and not a moment longer', async () => {
    ownDecoder()
    const pid = await decodedBy()
    vi.advanceTimersByTime(limits.idleDecoderMs - 1)
    expect(decoder.pid).toBe(pid)
    vi.advanceTimersByTime(1)
    expect(decoder.pid).toBeNull()
  })
})

describe('the decoder of the server', () => {
  it('decodes in another process, and gives the reason of a refusal as it is', async () => {
    decoder = new PictureDecoder(limits)
    const raw = { width: 3, height: 2, channels: 3 } as const
    const file = await sharp(Buffer.alloc(18, 200), { raw }).jpeg().toBuffer()
    const { png, width, height } = await decoder.decode(file)
    expect([width, height, Buffer.from(png).toString('latin1', 1, 4)]).toEqual([3, 2, 'PNG'])
    await expect(decoder.decode(file.subarray(0, 200))).rejects.toMatchObject({
      code: 'damaged',
      message: 'Cannot import the picture: the file is damaged, save it again',
    })
    expect(decoder.pid).not.toBe(process.pid)
  })
})
