import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseWorkflow, readWorkflowFile, serialise } from '../../client/document/file.ts'
import { FileError } from '../../client/document/file-error.ts'
import { readPngText, writePngText } from '../../client/document/png-text.ts'
import { i18n } from '../../client/locales/i18n.ts'
import { sayError } from '../../client/locales/say-error.ts'
import { loop } from './workflows.ts'

function chunk(kind: string, data: Uint8Array, length = data.length): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  new DataView(bytes.buffer).setUint32(0, length)
  bytes.set(new TextEncoder().encode(kind), 4)
  bytes.set(data, 8)
  return bytes
}

const text = (keyword: string, value: string) =>
  chunk('tEXt', new TextEncoder().encode(`${keyword}\0${value}`))

function png(...chunks: Uint8Array[]): Uint8Array {
  const signature = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const parts = [signature, ...chunks, chunk('IEND', new Uint8Array())]
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

/** What the page says of a file that cannot be opened. */
function whyNot(open: () => unknown): string {
  try {
    open()
  } catch (error) {
    return sayError(error)
  }
  return 'it can be opened'
}

describe('a picture', () => {
  it('gives the text under a keyword, whatever stands before it', () => {
    const file = png(chunk('IHDR', new Uint8Array(13)), text('other', 'no'), text('groundwork', '{"猫": 1}'))
    expect(readPngText(file, 'groundwork')).toBe('{"猫": 1}')
  })

  it('gives null without such a text', () => {
    expect(readPngText(png(text('groundworks', 'no')), 'groundwork')).toBeNull()
  })

  it('is refused when a chunk is longer than the file', () => {
    const file = png(chunk('tEXt', new Uint8Array(4), 0xffffffff))
    expect(() => readPngText(file, 'groundwork')).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: Cannot read the picture: chunk 'tEXt' is longer than the file, it is cut off]`,
    )
  })

  it('takes a text in place of the one it had, and nothing else of it changes', () => {
    const file = png(chunk('IHDR', new Uint8Array(13)), text('groundwork', 'old'), text('other', 'kept'))
    const written = writePngText(file, 'groundwork', '{"猫": 1}')
    expect(readPngText(written, 'groundwork')).toBe('{"猫": 1}')
    expect(readPngText(written, 'other')).toBe('kept')
    expect(writePngText(written, 'groundwork', 'old')).toHaveLength(file.length)
  })

  it('is refused a text when it is cut off', () => {
    const file = png(chunk('IHDR', new Uint8Array(13))).subarray(0, 40)
    expect(() => writePngText(file, 'groundwork', '{}')).toThrow('it is cut off')
  })

  it('opens the workflow that a run saved in it', () => {
    expect(readWorkflowFile('a.png', png(text('groundwork', JSON.stringify(loop))))).toEqual(loop)
  })

  it('is refused by name when it holds no workflow', () => {
    expect(whyNot(() => readWorkflowFile('a.png', png()))).toBe(
      "Cannot open 'a.png': the picture holds no workflow",
    )
  })

  it('is refused by name when it is cut off, in the language of the page', () => {
    const file = png(chunk('tEXt', new Uint8Array(4), 0xffffffff))
    i18n.global.locale.value = 'zh-CN'
    expect(whyNot(() => readWorkflowFile('a.png', file))).toBe(
      '无法打开“a.png”：图片不完整，或其中的文本过长',
    )
    i18n.global.locale.value = 'en'
  })
})

describe('a workflow file', () => {
  it('is read as it was saved', () => {
    expect(parseWorkflow('a.json', serialise(loop))).toEqual(loop)
  })

  it('keeps nodes that nobody knows', () => {
    const strange = { ...loop, nodes: { wand: { type: 'magic/wand', values: { sparks: [1, 'two'] } } } }
    expect(parseWorkflow('a.json', serialise(strange))).toEqual(strange)
  })

  it('is refused with every fault it has', () => {
    const read = () => parseWorkflow('a.json', '{"groundwork": 9, "nodes": {"a": {}}}')
    expect(read).toThrow(FileError)
    try {
      read()
    } catch (error) {
      expect((error as FileError).faults).toHaveLength(2)
    }
  })

  it('is refused when it is not JSON', () => {
    expect(whyNot(() => parseWorkflow('a.json', '{'))).toBe("Cannot open 'a.json': it is not JSON")
  })
})

describe('a file that is opened and saved', () => {
  const folder = new URL('../../workflows/examples/', import.meta.url)
  const examples = readdirSync(folder).filter((name) => name.endsWith('.json'))

  it.each(examples)('is the same again: %s', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8')
    const first = parseWorkflow(name, text)
    expect(JSON.stringify(first)).toBe(JSON.stringify(JSON.parse(text)))
    expect(parseWorkflow(name, serialise(first))).toEqual(first)
    expect(serialise(parseWorkflow(name, serialise(first)))).toBe(serialise(first))
  })

  it('keeps the order of its keys, and drops the one that reaches a prototype', () => {
    const text =
      '{"nodes":{"b":{"inputs":{"z":"a.o"},"type":"t"},"__proto__":{"type":"x"},"a":{"type":"t"}},"groundwork":1}'
    expect(JSON.stringify(parseWorkflow('a', text))).toBe(
      '{"nodes":{"b":{"inputs":{"z":"a.o"},"type":"t"},"a":{"type":"t"}},"groundwork":1}',
    )
  })
})
