import { describe, expect, it } from 'vitest'
import { formatMs } from '../../client/locales/format.ts'
import en from '../../client/locales/en.ts'
import zh from '../../client/locales/zh-CN.ts'
import { offerNodes, portThatFits } from '../../client/editor/palette.ts'
import { isComposing } from '../../client/widgets/composing.ts'
import { readNumber, scrub, showNumber, snap } from '../../client/widgets/numbers.ts'
import { readSeed } from '../../client/document/read-seed.ts'
import { catalogue } from './workflows.ts'

const tau = { widget: 'float', min: 0, max: 1 } as const
const steps = { widget: 'int', min: 1, max: 200 } as const

describe('a key', () => {
  const belongs = (isComposingSaid: boolean, keyCode: number) =>
    isComposing({ isComposing: isComposingSaid, keyCode } as KeyboardEvent)

  it('belongs to the input method while it composes, and when it ends that in Safari', () => {
    expect([belongs(true, 13), belongs(false, 229), belongs(false, 13)]).toEqual([true, true, false])
  })
})

describe('a number field', () => {
  it('runs over its whole range when it is scrubbed from end to end', () => {
    expect(scrub(0, 200, 200, tau, false)).toBe(1)
    expect(scrub(0.5, 20, 200, tau, false)).toBe(0.6)
    expect(scrub(30, -500, 200, steps, false)).toBe(1)
  })

  it('moves a tenth as far when it is scrubbed finely', () => {
    expect(scrub(0.5, 20, 200, tau, true)).toBe(0.51)
  })

  it('shows no dust of binary fractions', () => {
    expect(snap(0.1 + 0.2, tau)).toBe(0.3)
    expect(showNumber(0.30000000000000004, tau)).toBe('0.30')
  })

  it('reads what is typed into its range, and refuses words', () => {
    expect(readNumber('7', tau)).toBe(1)
    expect(readNumber('0,25', tau)).toBe(0.25)
    expect(readNumber('12.6', steps)).toBe(13)
    expect(readNumber('many', tau)).toBeNull()
  })
})

describe('a seed', () => {
  it('is exact up to 2^64-1', () => {
    expect(readSeed('18446744073709551615')).toBe('18446744073709551615')
    expect(readSeed('9007199254740993')).toBe('9007199254740993')
    expect(readSeed('007')).toBe(7)
  })

  it('is refused beyond that, below zero and in words', () => {
    for (const text of ['18446744073709551616', '-1', '1e3', '']) expect(readSeed(text)).toBeNull()
  })
})

describe('the palette', () => {
  const titles = (query: string) =>
    offerNodes(
      catalogue,
      query,
      () => true,
      () => undefined,
    ).map(({ title }) => title)

  it('offers the nodes that hold every word', () => {
    expect(titles('toy end')).toEqual(['toy/end'])
    expect(titles('nothing')).toEqual([])
  })

  it('knows at which port a link can end', () => {
    const info = (type: string) => catalogue[type] ?? raise(type)
    expect(portThatFits(info('toy/body'), { side: 'out' }, 'Latent')).toBe('latent')
    expect(portThatFits(info('toy/noise'), { side: 'out' }, 'Int')).toBe('seed')
    expect(portThatFits(info('toy/start'), { side: 'in' }, 'Step')).toBe('step')
    expect(portThatFits(info('toy/end'), { side: 'out' }, 'Image')).toBeNull()
  })
})

function raise(type: string): never {
  throw new Error(`no toy node '${type}'`)
}

describe('the languages', () => {
  const placeholders = (messages: object): string[] =>
    Object.entries(messages).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string'
        ? [`${key}: ${[...new Set(value.match(/\{\w+\}/g))].sort().join()}`]
        : placeholders(value as object),
    )

  it('name the same things in every message', () => {
    expect(placeholders(zh)).toEqual(placeholders(en))
  })
})

describe('times', () => {
  it('are told with about three digits', () => {
    expect([0, 999, 1240, 12_345, 125_000].map(formatMs)).toEqual([
      '0 ms',
      '999 ms',
      '1.24 s',
      '12.3 s',
      '2:05',
    ])
  })
})
