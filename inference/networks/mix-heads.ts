/** Attention of a UNet block with its output projection; the same for places, text and grounding. */
import { attention } from '../onnx/attention.ts'
import type { Scope, Value } from '../onnx/graph-builder.ts'
import { joinBatch, linear } from '../onnx/layers.ts'
import { innerWidth, type TransformerPlan } from './unet-config.ts'

export interface KeyValue {
  readonly key: Value // [B, S, d]
  readonly value: Value // [B, S, d]
}

/**
 * @param input query [B, T, d], key and value [B, S, d]
 * @returns [B·T, d]
 */
export function mixHeads(
  s: Scope,
  input: KeyValue & { readonly query: Value },
  plan: TransformerPlan,
): Value {
  const width = innerWidth(plan)
  const mixed = attention(s, { ...input, heads: plan.heads, headWidth: plan.headWidth })
  return linear(s.at('to_out.0'), joinBatch(s, mixed, width), { from: width, to: width })
}
