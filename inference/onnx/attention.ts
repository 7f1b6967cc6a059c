/**
 * softmax(q·kᵀ/√w)·v over heads, in the three forms that the providers need (see `Dialect`).
 *
 * Letters: B batch, T queries, S keys, h heads, w width of a head, d = h·w.
 */
import type { Scope, Value } from './graph-builder.ts'

export interface AttentionInput {
  readonly query: Value // [B, T, d]
  readonly key: Value // [B, S, d]
  readonly value: Value // [B, S, d]
  readonly heads: number
  readonly headWidth: number
  /** Added to the scores, [1, 1, T, S]. */
  readonly bias?: Value
}

/** @returns [B, T, d] */
export function attention(s: Scope, input: AttentionInput): Value {
  return { fused, standard, plain }[s.graph.dialect.attention](s, input)
}

function fused(s: Scope, { query, key, value, heads, bias }: AttentionInput): Value {
  const inputs = bias === undefined ? [query, key, value] : [query, key, value, '', '', bias]
  return s.op('MultiHeadAttention', inputs, { num_heads: heads }, 'com.microsoft')
}

function standard(s: Scope, { query, key, value, heads, bias }: AttentionInput): Value {
  const inputs = bias === undefined ? [query, key, value] : [query, key, value, bias]
  return s.op('Attention', inputs, { q_num_heads: heads, kv_num_heads: heads })
}

function plain(s: Scope, { query, key, value, heads, headWidth, bias }: AttentionInput): Value {
  const { graph } = s
  const split = (x: Value, perm: number[]) => {
    const shaped = s.op('Reshape', [x, graph.ints([0, 0, heads, headWidth])])
    return s.op('Transpose', [shaped], { perm })
  }
  const q = s.op('Mul', [split(query, [0, 2, 1, 3]), graph.scalar(headWidth ** -0.5)]) // [B, h, T, w]
  const scores = s.op('MatMul', [q, split(key, [0, 2, 3, 1])]) // [B, h, T, S]
  const biased = bias === undefined ? scores : s.op('Add', [scores, bias])
  const mixed = s.op('MatMul', [s.op('Softmax', [biased], { axis: -1 }), split(value, [0, 2, 1, 3])]) // [B, h, T, w]
  const joined = s.op('Transpose', [mixed], { perm: [0, 2, 1, 3] })
  return s.op('Reshape', [joined, graph.ints([0, 0, heads * headWidth])])
}
