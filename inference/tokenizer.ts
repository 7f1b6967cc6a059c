/**
 * CLIP's tokenizer: lower-case byte-pair encoding, framed by start and end of text, padded to a fixed length.
 * Reads `tokenizer.json`, or `vocab.json` with `merges.txt` as older folders have them.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { z } from 'zod'
import { readJson } from './checkpoint/read-json.ts'
import { CheckpointError } from './checkpoint/safetensors.ts'

export interface TokenizedText {
  /** Exactly `length` ids. */
  readonly ids: readonly number[]
  /** How many of them are start, text and end; the rest is padding. */
  readonly used: number
  /** The end of the text that did not fit; empty when all of it did. */
  readonly truncated: string
}

const token = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform(({ content }) => content),
])
const configSchema = z.looseObject({
  model_max_length: z.number().positive().nullish(),
  pad_token: token.nullish(),
  bos_token: token.nullish(),
  eos_token: token.nullish(),
  unk_token: token.nullish(),
})
type TokenizerConfig = z.output<typeof configSchema>

const vocabSchema = z.record(z.string(), z.number().int().min(0))
const startOfText = '<|startoftext|>'
const endOfText = '<|endoftext|>'
/** The published vocabulary has 1 MB, the largest tokenizer.json about 4 MB. */
const maxFileBytes = 64 * 1024 * 1024

export class TextTokenizer {
  /** Ids per text, start and end included. */
  readonly length: number
  private readonly tokenizer: Tokenizer
  private readonly start: number
  private readonly end: number
  private readonly padding: number

  private constructor(
    tokenizer: Tokenizer,
    config: TokenizerConfig,
    { place, length }: { place: string; length: number },
  ) {
    const idOf = (name: string) => {
      const id = tokenizer.token_to_id(name)
      if (id === undefined)
        throw new CheckpointError(`Cannot use tokenizer ${place}: its vocabulary has no '${name}'`)
      return id
    }
    this.tokenizer = tokenizer
    this.length = Math.min(length, config.model_max_length ?? length)
    this.start = idOf(config.bos_token ?? startOfText)
    this.end = idOf(config.eos_token ?? endOfText)
    this.padding = config.pad_token ? idOf(config.pad_token) : this.end
  }

  /**
   * Opens a tokenizer folder.
   *
   * @param length the most ids the text encoder takes
   * @throws CheckpointError when its files are missing or wrong
   */
  static async open(folder: string, length: number): Promise<TextTokenizer> {
    const names = await readdir(folder)
    const config = names.includes('tokenizer_config.json')
      ? await readConfig(join(folder, 'tokenizer_config.json'))
      : {}
    const description = names.includes('tokenizer.json')
      ? await readJson(join(folder, 'tokenizer.json'), maxFileBytes)
      : await describeClip(folder, names, config)
    try {
      return new TextTokenizer(new Tokenizer(description, config), config, { place: folder, length })
    } catch (error) {
      if (error instanceof CheckpointError) throw error
      throw new CheckpointError(
        `Cannot use tokenizer ${folder}: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }

  encode(text: string): TokenizedText {
    const { ids } = this.tokenizer.encode(text, { add_special_tokens: false })
    const room = this.length - 2
    const kept = ids.slice(0, room)
    const framed = [this.start, ...kept, this.end]
    const padding = Array<number>(this.length - framed.length).fill(this.padding)
    return { ids: [...framed, ...padding], used: framed.length, truncated: this.spell(ids.slice(room)) }
  }

  private spell(ids: number[]): string {
    if (ids.length === 0) return ''
    return this.tokenizer.decode(ids, { skip_special_tokens: false }).replaceAll('</w>', ' ').trim()
  }
}

async function readConfig(path: string): Promise<TokenizerConfig> {
  const parsed = configSchema.safeParse(await readJson(path, maxFileBytes))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CheckpointError(`Cannot read ${path}: ${issue?.path.join('.')} ${issue?.message}`)
}

async function readText(path: string): Promise<string> {
  const { size } = await stat(path)
  if (size > maxFileBytes)
    throw new CheckpointError(`Cannot read ${path}: it has ${size} bytes, at most ${maxFileBytes} are read`)
  return await readFile(path, 'utf8')
}

/** The tokenizer.json that `vocab.json` and `merges.txt` amount to (huggingface/transformers v5.23.0, tokenization_clip.py). */
async function describeClip(
  folder: string,
  names: readonly string[],
  config: TokenizerConfig,
): Promise<object> {
  if (!names.includes('vocab.json') || !names.includes('merges.txt'))
    throw new CheckpointError(
      `Cannot use tokenizer ${folder}: it has neither tokenizer.json nor vocab.json and merges.txt`,
    )
  const vocab = vocabSchema.safeParse(await readJson(join(folder, 'vocab.json'), maxFileBytes))
  if (!vocab.success)
    throw new CheckpointError(`Cannot read ${join(folder, 'vocab.json')}: it is no map from token to id`)
  const lines = (await readText(join(folder, 'merges.txt'))).split('\n').map((line) => line.trimEnd())
  const merges = lines.filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')))
  const special = [config.bos_token ?? startOfText, config.eos_token ?? endOfText]
  const pattern = `${special.map(escapeForPattern).join('|')}|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+`
  return {
    version: '1.0',
    added_tokens: special.map((content) => addedToken(content, vocab.data)),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      ...{
        unk_token: config.unk_token ?? endOfText,
        continuing_subword_prefix: '',
        end_of_word_suffix: '</w>',
      },
      ...{ fuse_unk: false, byte_fallback: false, vocab: vocab.data, merges },
    },
  }
}

function addedToken(content: string, vocab: Readonly<Record<string, number>>): object {
  return {
    id: vocab[content],
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }
}

function escapeForPattern(text: string): string {
  return text.replaceAll(/[|\\{}()[\]^$+*?.]/g, '\\$&')
}
