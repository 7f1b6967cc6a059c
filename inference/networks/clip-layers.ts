/**
 * The pre-norm transformer that CLIP's text and image encoders share.
 * Source: huggingface/transformers v5.23.0, models/clip/modeling_clip.py
 */
import { z } from 'zod'
import { attention } from '../onnx/attention.ts'
import type { Scope, Value } from '../onnx/graph-builder.ts'
import { add, gelu, joinBatch, layerNorm, linear, quickGelu, splitBatch } from '../onnx/layers.ts'
import { checkLimits, oneOf } from './config-error.ts'

const size = z.number().int().positive()

/** The fields that both encoders' configs have; an absent one has the class default of the published ViT-L/14. */
export const clipFields = {
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  layer_norm_eps: z.number().positive().default(1e-5),
  hidden_act: z.enum(['quick_gelu', 'gelu']).default('quick_gelu'),
}

export type ClipFields = { readonly [Field in keyof typeof clipFields]: z.output<(typeof clipFields)[Field]> }

/** @throws UnsupportedModelError for an activation that is not written here. */
export function checkClip(place: string, config: Record<string, unknown>): void {
  checkLimits(place, config, { hidden_act: oneOf('quick_gelu', 'gelu') })
}

/**
 * All layers below `encoder.layers`.
 *
 * @param x [B·T, d]
 * @param bias added to the attention scores, [1, 1, T, T]
 * @returns [B·T, d]
 */
export function clipLayers(
  s: Scope,
  x: Value,
  config: ClipFields,
  { batch, bias }: { batch: Value; bias?: Value },
): Value {
  let hidden = x
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const layer = s.at('encoder.layers', i)
    hidden = selfAttention(layer, hidden, config, { batch, ...(bias !== undefined && { bias }) })
    hidden = feedForward(layer, hidden, config)
  }
  return hidden
}

function selfAttention(
  s: Scope,
  x: Value,
  config: ClipFields,
  { batch, bias }: { batch: Value; bias?: Value },
): Value {
  const { hidden_size: width, num_attention_heads: heads, layer_norm_eps } = config
  const square = { from: width, to: width }
  const normal = layerNorm(s.at('layer_norm1'), x, width, layer_norm_eps)
  const project = (name: string) =>
    splitBatch(s, linear(s.at('self_attn', name), normal, square), width, batch)
  const mixed = attention(s, {
    ...{ query: project('q_proj'), key: project('k_proj'), value: project('v_proj') },
    ...{ heads, headWidth: width / heads },
    ...(bias !== undefined && { bias }),
  }) // [B, T, d]
  return add(s, x, linear(s.at('self_attn.out_proj'), joinBatch(s, mixed, width), square))
}

function feedForward(s: Scope, x: Value, config: ClipFields): Value {
  const { hidden_size: width, intermediate_size: inner, layer_norm_eps } = config
  const normal = layerNorm(s.at('layer_norm2'), x, width, layer_norm_eps)
  const wide = linear(s.at('mlp.fc1'), normal, { from: width, to: inner })
  const active = config.hidden_act === 'gelu' ? gelu(s, wide) : quickGelu(s, wide)
  return add(s, x, linear(s.at('mlp.fc2'), active, { from: inner, to: width }))
}
