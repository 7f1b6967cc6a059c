/** Tokenizer and CLIP text encoder together: texts in, features out. */
import type { ModelFolder } from './checkpoint/model-folder.ts'
import { CheckpointError } from './checkpoint/safetensors.ts'
import { LazySession } from './lazy-session.ts'
import { authorClipText, readClipTextConfig, type ClipTextConfig } from './networks/clip-text.ts'
import { dialects } from './onnx/dialect.ts'
import type { SessionOptions } from './session.ts'
import { rowsOf, type Tensor } from './tensor.ts'
import { TextTokenizer } from './tokenizer.ts'

export interface EncodedText {
  /** For cross-attention, [1, S, D]. */
  readonly context: Tensor
  /** The feature of the whole text, for grounding, [1, D]. */
  readonly pooled: Tensor
  /** The end of the text that did not fit; empty when all of it did. */
  readonly truncated: string
}

export class TextEncoder {
  readonly place: string
  /** S. */
  readonly length: number
  /** D. */
  readonly width: number
  private readonly tokenizer: TextTokenizer
  private readonly session: LazySession

  private constructor(
    place: string,
    { hidden_size }: ClipTextConfig,
    tokenizer: TextTokenizer,
    session: LazySession,
  ) {
    this.place = place
    this.width = hidden_size
    this.length = tokenizer.length
    this.tokenizer = tokenizer
    this.session = session
  }

  /** @throws CheckpointError, UnsupportedModelError */
  static async open(folder: ModelFolder, options: SessionOptions): Promise<TextEncoder> {
    if (folder.tokenizer === null)
      throw new CheckpointError(`Cannot load model ${folder.path}: it has no tokenizer folder`)
    const { place, config, weights } = await folder.component('text_encoder')
    const parsed = readClipTextConfig(place, config)
    const tokenizer = await TextTokenizer.open(folder.tokenizer, parsed.max_position_embeddings)
    const session = new LazySession(
      () => authorClipText(parsed, weights, dialects[options.provider]),
      options,
    )
    return new TextEncoder(place, parsed, tokenizer, session)
  }

  async encode(texts: readonly string[]): Promise<EncodedText[]> {
    if (texts.length === 0) return []
    const tokenized = texts.map((text) => this.tokenizer.encode(text))
    const ids = BigInt64Array.from(
      tokenized.flatMap(({ ids }) => ids),
      BigInt,
    )
    const result = await this.session.run({ input_ids: { ids, shape: [texts.length, this.length] } })
    const { last_hidden_state: context, pooler_output: pooled } = result
    if (!context || !pooled)
      throw new TypeError(`Cannot encode text with ${this.place}: an output is missing`)
    return tokenized.map(({ truncated }, i) => ({
      context: rowsOf(context, i, i + 1),
      pooled: rowsOf(pooled, i, i + 1),
      truncated,
    }))
  }

  async release(): Promise<void> {
    await this.session.release()
  }
}
