/**
 * GLIGEN's gated self-attention: places look at each other and at the grounding tokens, and what they see is added with
 * a learned, gated strength (Li et al. 2023, eq. 8):
 *
 *   v ← v + β·tanh(α₁)·SelfAttention([v, h])    only the rows of v
 *   v ← v + β·tanh(α₂)·FeedForward(v)
 *
 * Source: huggingface/diffusers v0.42.1, models/attention.py, GatedSelfAttentionDense
 *
 * Two rewrites that change no result: queries are computed only for the rows of v; keys and values of the grounding
 * tokens do not depend on the step, so they are inputs here and outputs of the grounding conditioner.
 *
 * Letters: B batch, T places, N grounding tokens, d width of the block, D width of a grounding token.
 */
import type { Scope, Value } from '../onnx/graph-builder.ts'
import { add, batchOf, gegluFeedForward, joinBatch, layerNorm, linear, splitBatch } from '../onnx/layers.ts'
import { mixHeads, type KeyValue } from './mix-heads.ts'
import { innerWidth, type TransformerPlan } from './unet-config.ts'

export interface Gate {
  /** Whether β differs from 0 for any picture of the batch; scalar bool. */
  readonly open: Value
  /** β of each picture, [B, 1, 1]. */
  readonly beta: Value
  /** Keys and values of the grounding tokens, [B, N, d]. */
  readonly grounding: KeyValue
}

/**
 * The gated layer; where the gate is closed none of it runs and x passes through untouched.
 *
 * @param x [B·T, d]
 * @param at the gate, and the shape vector [B]
 * @returns [B·T, d]
 */
export function gatedLayer(
  s: Scope,
  x: Value,
  plan: TransformerPlan,
  at: { batch: Value; gate: Gate },
): Value {
  const width = innerWidth(plan)
  const open = () => {
    const seen = scaled(s, 'alpha_attn', lookAround(s, x, plan, at), width, at)
    const attended = add(s, x, seen)
    const dense = gegluFeedForward(s.at('ff'), layerNorm(s.at('norm2'), attended, width), width)
    return add(s, attended, scaled(s, 'alpha_dense', dense, width, at))
  }
  // Levels have different numbers of places: the runtime reuses memory between dimensions of one name.
  const dims = [`places of ${s.path}`, width]
  return s.graph.branch(s.path, at.gate.open, dims, open, () => s.op('Identity', [x]))
}

function lookAround(
  s: Scope,
  x: Value,
  plan: TransformerPlan,
  { batch, gate }: { batch: Value; gate: Gate },
): Value {
  const width = innerWidth(plan)
  const normal = layerNorm(s.at('norm1'), x, width)
  const project = (name: string) =>
    splitBatch(s, linear(s.at('attn', name), normal, { from: width, to: width, bias: false }), width, batch)
  const join = (own: Value, grounding: Value) => s.op('Concat', [own, grounding], { axis: 1 }) // [B, T + N, d]
  return mixHeads(
    s.at('attn'),
    {
      query: project('to_q'), // [B, T, d]
      key: join(project('to_k'), gate.grounding.key),
      value: join(project('to_v'), gate.grounding.value),
    },
    plan,
  )
}

/** β·tanh(α)·x, picture by picture. */
function scaled(s: Scope, alpha: string, x: Value, width: number, at: { batch: Value; gate: Gate }): Value {
  const strength = s.op('Mul', [at.gate.beta, s.op('Tanh', [s.weight(alpha, [])])]) // [B, 1, 1]
  return joinBatch(s, s.op('Mul', [splitBatch(s, x, width, at.batch), strength]), width)
}

/**
 * The keys and values that the grounding tokens have in one gated layer.
 *
 * @param tokens [B, N, D] from the position net
 */
export function groundingKeyValue(
  s: Scope,
  tokens: Value,
  plan: TransformerPlan,
  tokenWidth: number,
): KeyValue {
  const width = innerWidth(plan)
  const rows = linear(s.at('linear'), joinBatch(s, tokens, tokenWidth), { from: tokenWidth, to: width })
  const normal = layerNorm(s.at('norm1'), rows, width)
  const project = (name: string) =>
    splitBatch(
      s,
      linear(s.at('attn', name), normal, { from: width, to: width, bias: false }),
      width,
      batchOf(s, tokens),
    )
  return { key: project('to_k'), value: project('to_v') } // [B, N, d]
}
