import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TextTokenizer } from '#inference/tokenizer.ts'
import { fixture } from './helpers/fixtures.ts'

/** Ids that transformers' own CLIPTokenizer gave. */
const texts = JSON.parse(readFileSync(fixture('pipeline/texts.json'), 'utf8')) as {
  text: string
  ids: number[]
}[]
const folder = fixture('pipeline/tokenizer')

let copy: string
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'tokenizer-'))
  await cp(folder, copy, { recursive: true })
})
afterAll(async () => {
  await rm(copy, { recursive: true })
})

describe('the tokenizer', () => {
  test.each(texts)('reads $text as transformers does', async ({ text, ids }) => {
    const tokenizer = await TextTokenizer.open(folder, 77)
    expect(tokenizer.encode(text).ids).toEqual(ids)
  })

  test.each(texts)('reads $text from a tokenizer.json as from the older files', async ({ text, ids }) => {
    const tokenizer = await TextTokenizer.open(fixture('tokenizer-json'), 77)
    expect(tokenizer.encode(text).ids).toEqual(ids)
  })

  test('says which end of a text did not fit', async () => {
    const tokenizer = await TextTokenizer.open(folder, 6)
    const { ids, used, truncated } = tokenizer.encode('cat dog cat and on beach')
    expect(ids).toHaveLength(6)
    expect(used).toBe(6)
    expect(truncated).toBe('on beach')
    expect(tokenizer.encode('cat dog')).toMatchObject({ used: 4, truncated: '' })
  })

  test('is as long as the shorter of its file and the text encoder', async () => {
    expect((await TextTokenizer.open(folder, 77)).length).toBe(16)
    expect((await TextTokenizer.open(folder, 9)).length).toBe(9)
  })

  test('that lacks its special tokens is refused with the token', async () => {
    const path = join(copy, 'vocab.json')
    const vocab = JSON.parse(await readFile(path, 'utf8')) as Record<string, number>
    await writeFile(path, JSON.stringify({ ...vocab, '<|startoftext|>': undefined }))
    await expect(TextTokenizer.open(copy, 77)).rejects.toThrow(
      `Cannot use tokenizer ${copy}: its vocabulary has no '<|startoftext|>'`,
    )
  })

  test('without its files is refused with their names', async () => {
    await rm(join(copy, 'merges.txt'))
    await expect(TextTokenizer.open(copy, 77)).rejects.toThrow(
      'it has neither tokenizer.json nor vocab.json and merges.txt',
    )
  })
})
