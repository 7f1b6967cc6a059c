/**
 * GLIGEN's position net: what should stand where, as one token per entity (or one for its text and one for its picture).
 * Source: huggingface/diffusers v0.42.1, models/embeddings.py, GLIGENTextBoundingboxProjection
 *
 * A slot that is not taken is replaced by learned null features. It is not zero, and it stays in the attention.
 *
 * Letters: B batch, N slots, D width of a feature.
 */
import type { Scope, Value } from '../onnx/graph-builder.ts'
import { joinBatch, linear, silu } from '../onnx/layers.ts'

const frequencies = 8
const hiddenWidth = 512
/** Sine and cosine of four coordinates at each frequency. */
const positionWidth = frequencies * 2 * 4

export interface EntityInputs {
  readonly boxes: Value // [B, N, 4], x0 y0 x1 y1 in 0..1
  readonly masks: Value // [B, N], 1 = taken
}

/** One kind of feature an entity may have, with its mask. */
export interface FeatureInput {
  readonly features: Value // [B, N, D]
  readonly masks: Value // [B, N]
}

/** @returns [B, N, D] */
export function textTokens(s: Scope, { boxes, masks }: EntityInputs, phrases: Value, width: number): Value {
  const positions = positionFeatures(s, boxes, masks)
  const text = { features: phrases, masks }
  return tokens(s.at('linears'), orNull(s, text, 'null_positive_feature', width), positions, width)
}

/** @returns [B, 2N, D]: the texts of all slots, then the pictures of all slots */
export function textImageTokens(
  s: Scope,
  { boxes, masks }: EntityInputs,
  { text, image }: { text: FeatureInput; image: FeatureInput },
  width: number,
): Value {
  const positions = positionFeatures(s, boxes, masks)
  const fromText = tokens(s.at('linears_text'), orNull(s, text, 'null_text_feature', width), positions, width)
  const fromImage = tokens(
    s.at('linears_image'),
    orNull(s, image, 'null_image_feature', width),
    positions,
    width,
  )
  return s.op('Concat', [fromText, fromImage], { axis: 1 })
}

/** Feature 8k + 4s + c is sin (s = 0) or cos (s = 1) of coordinate c times 100^(k/8); [B, N, 64]. */
function positionFeatures(s: Scope, boxes: Value, masks: Value): Value {
  const { graph } = s
  const steps = Array.from({ length: frequencies }, (_, k) => 100 ** (k / frequencies))
  const factors = graph.floats('box-frequencies', steps, [1, 1, frequencies, 1])
  const angles = s.op('Mul', [s.op('Unsqueeze', [boxes, graph.ints([2])]), factors]) // [B, N, 8, 4]
  const waves = ['Sin', 'Cos'].map((wave) => s.op('Unsqueeze', [s.op(wave, [angles]), graph.ints([3])]))
  const joined = s.op('Concat', waves, { axis: 3 }) // [B, N, 8, 2, 4]
  const features = s.op('Reshape', [joined, graph.ints([0, 0, positionWidth])])
  return orNull(s, { features, masks }, 'null_position_feature', positionWidth)
}

/** m·feature + (1 − m)·null. */
function orNull(s: Scope, { features, masks }: FeatureInput, nullName: string, width: number): Value {
  const { graph } = s
  const m = s.op('Unsqueeze', [masks, graph.ints([2])]) // [B, N, 1]
  const absent = s.op('Mul', [s.op('Sub', [graph.scalar(1), m]), s.weight(nullName, [width])])
  return s.op('Add', [s.op('Mul', [features, m]), absent])
}

function tokens(s: Scope, features: Value, positions: Value, width: number): Value {
  const both = s.op('Concat', [features, positions], { axis: 2 })
  const rows = joinBatch(s, both, width + positionWidth)
  const first = silu(s, linear(s.at(0), rows, { from: width + positionWidth, to: hiddenWidth }))
  const second = silu(s, linear(s.at(2), first, { from: hiddenWidth, to: hiddenWidth }))
  const third = linear(s.at(4), second, { from: hiddenWidth, to: width })
  const slots = s.op('Shape', [features], { start: 0, end: 2 })
  const shape = s.op('Concat', [slots, s.graph.ints([width])], { axis: 0 })
  return s.op('Reshape', [third, shape]) // [B, N, D]
}
