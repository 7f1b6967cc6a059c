/**
 * The UNet's spatial transformer: places look at each other, at the grounding tokens, and at the text.
 * Source: huggingface/diffusers v0.42.1, models/transformers/transformer_2d.py and models/attention.py
 *
 * Letters: B batch, T places (height × width), S text tokens, N grounding tokens, d width.
 */
import type { Scope, Value } from '../onnx/graph-builder.ts'
import {
  add,
  conv,
  fromTokens,
  gegluFeedForward,
  groupNorm,
  layerNorm,
  linear,
  splitBatch,
  toTokens,
} from '../onnx/layers.ts'
import { gatedLayer, type Gate } from './fuser.ts'
import { mixHeads, type KeyValue } from './mix-heads.ts'
import { innerWidth, type TransformerPlan } from './unet-config.ts'

export interface TransformerContext {
  /** The shape vector [B]. */
  readonly batch: Value
  readonly groups: number
  readonly linearProjection: boolean
  /** The text's keys and values for a block, by the block's path. */
  readonly text: (block: string) => KeyValue
  /** The gate of a block; null in a UNet without gated layers. */
  readonly gate: (block: string) => Gate | null
}

/** @returns [B, C, H, W] */
export function spatialTransformer(
  s: Scope,
  x: Value,
  plan: TransformerPlan,
  context: TransformerContext,
): Value {
  const { channels, depth } = plan
  const inner = innerWidth(plan)
  const normal = groupNorm(s.at('norm'), x, channels, { groups: context.groups, eps: 1e-6 })
  const into = { from: channels, to: inner }
  let tokens = context.linearProjection
    ? linear(s.at('proj_in'), toTokens(s, normal, channels), into)
    : toTokens(s, conv(s.at('proj_in'), normal, { ...into, kernel: 1 }), inner) // [B·T, d]
  for (let i = 0; i < depth; i++) tokens = block(s.at('transformer_blocks', i), tokens, plan, context)
  const out = { from: inner, to: channels }
  const result = context.linearProjection
    ? fromTokens(s, linear(s.at('proj_out'), tokens, out), channels, x)
    : conv(s.at('proj_out'), fromTokens(s, tokens, inner, x), { ...out, kernel: 1 })
  return add(s, result, x)
}

function block(s: Scope, x: Value, plan: TransformerPlan, context: TransformerContext): Value {
  const width = innerWidth(plan)
  const self = add(s, x, selfAttention(s, x, plan, context.batch))
  const gate = context.gate(s.path)
  const grounded = gate ? gatedLayer(s.at('fuser'), self, plan, { batch: context.batch, gate }) : self
  const told = add(s, grounded, crossAttention(s, grounded, plan, context))
  return add(s, told, gegluFeedForward(s.at('ff'), layerNorm(s.at('norm3'), told, width), width))
}

function selfAttention(s: Scope, x: Value, plan: TransformerPlan, batch: Value): Value {
  const width = innerWidth(plan)
  const normal = layerNorm(s.at('norm1'), x, width)
  const project = (name: string) =>
    splitBatch(s, linear(s.at('attn1', name), normal, { from: width, to: width, bias: false }), width, batch)
  const input = { query: project('to_q'), key: project('to_k'), value: project('to_v') }
  return mixHeads(s.at('attn1'), input, plan)
}

function crossAttention(
  s: Scope,
  x: Value,
  plan: TransformerPlan,
  { batch, text }: TransformerContext,
): Value {
  const width = innerWidth(plan)
  const normal = layerNorm(s.at('norm2'), x, width)
  const query = linear(s.at('attn2.to_q'), normal, { from: width, to: width, bias: false })
  return mixHeads(s.at('attn2'), { query: splitBatch(s, query, width, batch), ...text(s.path) }, plan)
}
