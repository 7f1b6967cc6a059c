/**
 * CLIP's image encoder with its projection: a picture to one feature.
 * Source: huggingface/transformers v5.23.0, models/clip/modeling_clip.py, CLIPVisionModelWithProjection
 */
import { z } from 'zod'
import type { Weights } from '../checkpoint/weights.ts'
import type { Dialect } from '../onnx/dialect.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { batchOf, conv, joinBatch, layerNorm, linear, splitBatch } from '../onnx/layers.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { checkClip, clipFields, clipLayers } from './clip-layers.ts'
import { prefixOf } from './clip-text.ts'
import { parseConfig } from './config-error.ts'

const size = z.number().int().positive()
const schema = z.looseObject({
  ...clipFields,
  image_size: size.default(224),
  patch_size: size.default(32),
  num_channels: size.default(3),
  projection_dim: size.default(512),
})

export type ClipVisionConfig = z.output<typeof schema>

/** @throws UnsupportedModelError */
export function readClipVisionConfig(place: string, config: Record<string, unknown>): ClipVisionConfig {
  checkClip(place, config)
  return parseConfig(place, schema, config)
}

/**
 * Inputs: `pixel_values` [B, 3, image_size, image_size], normalised as the processor does.
 * Outputs: `image_embeds` [B, projection_dim], not normalised.
 *
 * @throws CheckpointError when weights are missing or of another shape.
 */
export function authorClipVision(config: ClipVisionConfig, weights: Weights, dialect: Dialect): OnnxModel {
  const { hidden_size: width, patch_size, image_size, num_channels, projection_dim, layer_norm_eps } = config
  const patches = Math.floor(image_size / patch_size) ** 2
  const graph = new GraphBuilder(weights, dialect)
  const s = graph.root(prefixOf(weights, 'embeddings.class_embedding'))
  const pixels = graph.input('pixel_values', 'float', ['B', num_channels, image_size, image_size])
  const batch = batchOf(s, pixels)
  const grid = conv(s.at('embeddings.patch_embedding'), pixels, {
    ...{ from: num_channels, to: width, kernel: patch_size, stride: patch_size },
    ...{ pads: [0, 0, 0, 0], bias: false },
  }) // [B, d, rows, columns]
  const flat = s.op('Reshape', [grid, graph.ints([0, width, -1])])
  const tokens = s.op('Transpose', [flat], { perm: [0, 2, 1] }) // [B, patches, d]
  const one = s.weight('embeddings.class_embedding', [width], [1, 1, width])
  const shape = s.op('Concat', [batch, graph.ints([1, width])], { axis: 0 })
  const all = s.op('Concat', [s.op('Expand', [one, shape]), tokens], { axis: 1 }) // [B, 1 + patches, d]
  const placed = s.op('Add', [all, s.weight('embeddings.position_embedding.weight', [1 + patches, width])])
  const start = layerNorm(s.at('pre_layrnorm'), joinBatch(s, placed, width), width, layer_norm_eps)
  const hidden = splitBatch(s, clipLayers(s, start, config, { batch }), width, batch)
  const first = s.op('Gather', [hidden, graph.ints([0], [])], { axis: 1 }) // [B, d]
  const pooled = layerNorm(s.at('post_layernorm'), first, width, layer_norm_eps)
  const projection = { from: width, to: projection_dim, bias: false }
  graph.output('image_embeds', linear(graph.root('visual_projection'), pooled, projection), [
    'B',
    projection_dim,
  ])
  return graph.finish('clip-vision')
}
