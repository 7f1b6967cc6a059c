import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CheckpointError, parseHeader } from '#inference/checkpoint/safetensors.ts'
import { readNaively } from '../helpers/naive-safetensors.ts'

/** What either reader makes of a header, in the same words; null where it refuses. */
function both(header: Uint8Array, fileSize: number) {
  const naive = readNaively(header, fileSize)
  return { own: readStrictly(header, fileSize), naive: naive && [...naive].sort(byName) }
}

function readStrictly(header: Uint8Array, fileSize: number) {
  try {
    const entries = [...parseHeader(header, fileSize, 'x')].map(
      ([name, { dtype, shape, offset, length }]) => [name, { dtype, shape, offset, length }] as const,
    )
    return entries.sort(byName)
  } catch (error) {
    expect(error).toBeInstanceOf(CheckpointError)
    return null
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)

const widths = { BOOL: 1, U8: 1, F8_E5M2: 1, I16: 2, BF16: 2, F32: 4, U64: 8, F64: 8 }
const dtype = fc.constantFrom(...(Object.keys(widths) as (keyof typeof widths)[]))
const side = fc.integer({ min: 0, max: 3 })
const name = fc.constantFrom('a', 'b', 'unet.0', '__proto__', 'constructor', 'é', '__metadata__')
const layout = fc.uniqueArray(fc.record({ name, dtype, shape: fc.array(side, { maxLength: 3 }) }), {
  maxLength: 4,
  selector: (tensor) => tensor.name,
})

/** Every value as the text it is written as, so that it can be written wrongly. */
type Field = [key: string, value: string]
interface Written {
  readonly fields: [name: string, fields: Field[]][]
  readonly dataBytes: number
}

/** An honest file: its tensors back to back. What is called `__metadata__` is none, and so a lie of its own. */
const honest = layout.map((tensors): Written => {
  let end = 0
  const fields = tensors.map(({ name, dtype, shape }): [string, Field[]] => {
    const start = end
    end += shape.reduce((product, side) => product * side, widths[dtype])
    const own: Field[] = [
      ['dtype', JSON.stringify(dtype)],
      ['shape', JSON.stringify(shape)],
      ['data_offsets', `[${start},${end}]`],
    ]
    return [name, own]
  })
  return { fields, dataBytes: end }
})

const oddNumber = fc.constantFrom(
  ...['-0', '-1', '1.0', '1e0', '0.5', '01', '+1', '9007199254740992', '1e999', 'null', '"1"', '4', '8', '0'],
)
const oddValue = fc.oneof(
  fc.constantFrom(
    '"F32"',
    '"f32"',
    '"F4"',
    '"U8 "',
    '"toString"',
    '[]',
    '[2]',
    '{}',
    'null',
    '[[1]]',
    '"U\\u0038"',
  ),
  fc.array(oddNumber, { maxLength: 3 }).map((list) => `[${list.join()}]`),
  fc.constant(`[${Array(17).fill(1).join()}]`),
)

/** A lie, told at a place that two numbers name. */
type Lie = (written: Written, at: number, other: number) => void
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)]

const lie = fc.oneof(
  fc.constant<Lie>(() => undefined),
  oddValue.map((value): Lie => (written, at, other) => {
    const field = pick(pick(written.fields, at)?.[1] ?? [], other)
    if (field) field[1] = value
  }),
  fc
    .tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))
    .map(([from, to]): Lie => (written, at) => {
      const field = pick(written.fields, at)?.[1].find(([key]) => key === 'data_offsets')
      const offsets = /^\[(\d+),(\d+)\]$/.exec(field?.[1] ?? '')
      if (field && offsets) field[1] = `[${Number(offsets[1]) + from},${Number(offsets[2]) + to}]`
    }),
  fc.constant<Lie>((written, at, other) => void pick(written.fields, at)?.[1].splice(other % 3, 1)),
  fc.constantFrom('dtype', 'more').map((key): Lie => (written, at) => {
    pick(written.fields, at)?.[1].push([key, '"F32"'])
  }),
  fc.constant<Lie>((written, at) => {
    const twice = pick(written.fields, at)
    if (twice) written.fields.push([twice[0], [...twice[1]]])
  }),
  fc
    .constantFrom('{"format":"pt"}', '{"format":1}', '{"a":{}}', '[]', 'null')
    .map((value): Lie => (written) => {
      written.fields.unshift(['__metadata__', [['', value]]])
    }),
)

const write = (fields: Written['fields'], space: string) =>
  `{${fields
    .map(([name, own]) => {
      const [only] = own
      const value =
        only?.[0] === '' ? only[1] : `{${own.map(([key, value]) => `"${key}":${space}${value}`).join()}}`
      return `${JSON.stringify(name)}${space}:${value}`
    })
    .join(`,${space}`)}}${space}`

const told = fc
  .record({
    written: honest,
    lies: fc.array(fc.tuple(lie, fc.nat(9), fc.nat(9)), { maxLength: 2 }),
    space: fc.constantFrom('', ' ', '\n\t', '\u00a0'),
    order: fc.boolean(),
    rest: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 3 })),
  })
  .map(({ written, lies, space, order, rest }) => {
    const own = structuredClone(written)
    for (const [tell, at, other] of lies) tell(own, at, other)
    const text = write(order ? own.fields : own.fields.toReversed(), space)
    return { text, fileSize: 8 + Buffer.byteLength(text) + written.dataBytes + rest }
  })

describe('two readers of a header that share nothing', () => {
  test('believe the same headers, and see the same tensors in them', () => {
    const seen = { believed: 0, refused: 0 }
    fc.assert(
      fc.property(told, ({ text, fileSize }) => {
        const { own, naive } = both(Buffer.from(text), fileSize)
        seen[own ? 'believed' : 'refused']++
        expect(own).toEqual(naive)
      }),
      { numRuns: 2_000 },
    )
    expect(Math.min(seen.believed, seen.refused)).toBeGreaterThan(200)
  })

  test('agree about a header with a few bytes changed, left out or put in', () => {
    const change = fc.record({
      at: fc.nat(200),
      take: fc.nat(2),
      put: fc.uint8Array({ maxLength: 2 }).map((bytes) => Buffer.from(bytes)),
    })
    fc.assert(
      fc.property(told, change, ({ text, fileSize }, { at, take, put }) => {
        const bytes = Buffer.from(text)
        const place = at % (bytes.length + 1)
        const header = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + take)])
        const { own, naive } = both(header, fileSize - bytes.length + header.length)
        expect(own).toEqual(naive)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['a mark of byte order', '\ufeff{}'],
    ['facts that are no texts', '{"__metadata__":{"steps":5}}'],
    [
      'an empty tensor inside another',
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"z":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}',
    ],
  ])('refuse %s', (_what, text) => {
    const data = text.includes('[4]') ? 4 : 0
    expect(both(Buffer.from(text), 8 + Buffer.byteLength(text) + data)).toEqual({ own: null, naive: null })
  })
})
