/**
 * CLIP's text encoder: token ids to a context for cross-attention, and one pooled feature.
 * Source: huggingface/transformers v5.23.0, models/clip/modeling_clip.py, CLIPTextModel
 */
import { z } from 'zod'
import type { Weights } from '../checkpoint/weights.ts'
import type { Dialect } from '../onnx/dialect.ts'
import { GraphBuilder, type Scope, type Value } from '../onnx/graph-builder.ts'
import { batchOf, layerNorm, splitBatch } from '../onnx/layers.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { checkClip, clipFields, clipLayers } from './clip-layers.ts'
import { parseConfig } from './config-error.ts'

const schema = z.looseObject({
  ...clipFields,
  vocab_size: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive().default(77),
  eos_token_id: z.number().int().nullish(),
})

const int32Code = 6

export type ClipTextConfig = z.output<typeof schema>

/** @throws UnsupportedModelError */
export function readClipTextConfig(place: string, config: Record<string, unknown>): ClipTextConfig {
  checkClip(place, config)
  return parseConfig(place, schema, config)
}

/**
 * Inputs: `input_ids` int64 [B, T], T ≤ max_position_embeddings.
 * Outputs: `last_hidden_state` [B, T, d] after the final norm; `pooler_output` [B, d], the row at the end of the text.
 *
 * @throws CheckpointError when weights are missing or of another shape.
 */
export function authorClipText(config: ClipTextConfig, weights: Weights, dialect: Dialect): OnnxModel {
  const { hidden_size: width, vocab_size, max_position_embeddings: positions } = config
  const graph = new GraphBuilder(weights, dialect)
  const s = graph.root(prefixOf(weights, 'embeddings.token_embedding.weight'))
  const ids = graph.input('input_ids', 'int64', ['B', 'T'])
  const batch = batchOf(s, ids)
  const length = s.op('Shape', [ids], { start: 1, end: 2 })
  const tokens = s.op('Gather', [s.weight('embeddings.token_embedding.weight', [vocab_size, width]), ids]) // [B, T, d]
  const places = s.weight('embeddings.position_embedding.weight', [positions, width])
  const used = s.op('Slice', [places, graph.ints([0]), length, graph.ints([0])]) // [T, d]
  const embedded = s.op('Reshape', [s.op('Add', [tokens, used]), graph.ints([-1, width])]) // [B·T, d]
  const hidden = clipLayers(s, embedded, config, { batch, bias: causalBias(s, length) })
  const normal = layerNorm(s.at('final_layer_norm'), hidden, width, config.layer_norm_eps)
  const last = splitBatch(s, normal, width, batch)
  graph.output('last_hidden_state', last, ['B', 'T', width])
  graph.output('pooler_output', pooled(s, last, ids, config), ['B', width])
  return graph.finish('clip-text')
}

/** transformers 5 writes `embeddings.…`, earlier versions `text_model.embeddings.…`. */
export function prefixOf(weights: Weights, key: string): string {
  const found = [...weights.entries.keys()].find((name) => name === key || name.endsWith(`.${key}`))
  return found === undefined ? '' : found.slice(0, -key.length).replace(/\.$/, '')
}

/** 0 where a token may look, a large negative number where it would look ahead; [1, 1, T, T]. */
function causalBias(s: Scope, length: Value): Value {
  const { graph } = s
  const count = s.op('Squeeze', [length])
  const range = s.op('Range', [graph.ints([0], []), count, graph.ints([1], [])]) // [T]
  const column = s.op('Unsqueeze', [range, graph.ints([1])]) // [T, 1]
  const ahead = s.op('Greater', [range, column]) // [T, T], key after query
  const bias = s.op('Where', [ahead, graph.scalar(-1e30), graph.scalar(0)])
  return s.op('Unsqueeze', [bias, graph.ints([0, 1])])
}

/**
 * The row at the first end-of-text token. Configs older than transformers 4.31 carry the wrong id 2: there the largest
 * id of the text is taken, which is the end of text in the published vocabulary.
 */
function pooled(s: Scope, last: Value, ids: Value, { eos_token_id: end }: ClipTextConfig): Value {
  const { graph } = s
  const score = end === 2 ? ids : s.op('Equal', [ids, graph.ints([end ?? 49407], [])])
  const place = s.op('ArgMax', [s.op('Cast', [score], { to: int32Code })], { axis: 1, keepdims: 1 }) // [B, 1]
  return s.op('GatherND', [last, place], { batch_dims: 1 }) // [B, d]
}
