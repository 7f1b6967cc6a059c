import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonError, parseJson } from '#server/json.ts'
import { limits } from '#server/limits.ts'

const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))

describe('parseJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(parseJson(Buffer.from(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 200 },
    )
  })

  it('reads nesting up to the limit and refuses one level more', () => {
    for (const more of [-1, 0]) expect(parseJson(nested(limits.jsonDepth + more))).toBeInstanceOf(Array)
    expect(() => parseJson(nested(limits.jsonDepth + 1))).toThrow('nested deeper than 32 levels, flatten it')
  })

  it('reads as many keys as the limit and refuses one more before parsing', () => {
    const ofKeys = (keys: number) =>
      Buffer.from(`{${Array.from({ length: keys }, (_, i) => `"${i}":":"`).join()}}`)
    for (const more of [-1, 0])
      expect(Object.keys(parseJson(ofKeys(limits.jsonKeys + more)) as object)).toHaveLength(
        limits.jsonKeys + more,
      )
    const tooMany = `${ofKeys(limits.jsonKeys + 1)
      .toString()
      .slice(0, -1)}, this is no JSON`
    expect(() => parseJson(Buffer.from(tooMany))).toThrow('more than 65536 keys')
  })

  it('does not count brackets inside texts', () => {
    const text = '[{"'.repeat(100)
    expect(parseJson(Buffer.from(JSON.stringify([text])))).toEqual([text])
  })

  it('refuses a million brackets without parsing them', () => {
    const begin = performance.now()
    expect(() => parseJson(Buffer.alloc(limits.jsonBytes, '['))).toThrow(JsonError)
    expect(performance.now() - begin).toBeLessThan(200)
  })

  it('reads as many bytes as the limit and refuses one more', () => {
    const ofBytes = (bytes: number) => Buffer.from(JSON.stringify('x'.repeat(bytes - 2)))
    for (const more of [-1, 0])
      expect(parseJson(ofBytes(limits.jsonBytes + more))).toHaveLength(limits.jsonBytes + more - 2)
    expect(() => parseJson(ofBytes(limits.jsonBytes + 1))).toThrow('the limit is 1048576')
  })

  it('throws nothing but JsonError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseJson(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
