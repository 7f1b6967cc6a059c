/**
 * GLIGEN's position net: what should stand where, as one token per entity (or one for its text and one for its picture).
 * Sources: huggingface/diffusers v0.42.1, models/embeddings.py, GLIGENTextBoundingboxProjection;
 * gligen/GLIGEN f9dccb9, ldm/modules/diffusionmodules/keypoint_grounding_net.py
 *
 * A slot that is not taken is replaced by learned null features. It is not zero, and it stays in the attention.
 *
 * Letters: B batch, N slots, D width of a feature.
 */
import type { Scope, Value } from '../onnx/graph-builder.ts'
import { joinBatch, linear, silu } from '../onnx/layers.ts'

const frequencies = 8
const hiddenWidth = 512
/** Sine and cosine of every coordinate at each frequency. */
const positionWidth = (coordinates: number) => frequencies * 2 * coordinates

/** COCO's keypoints, nose to ankles. */
export const pointsPerFigure = 17

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
  const positions = boxPositions(s, boxes, masks)
  const text = { features: phrases, masks }
  const features = orNull(s, text, 'null_positive_feature', width)
  return tokens(s.at('linears'), features, positions, { width, coordinates: 4 })
}

/** @returns [B, 2N, D]: the texts of all slots, then the pictures of all slots */
export function textImageTokens(
  s: Scope,
  { boxes, masks }: EntityInputs,
  { text, image }: { text: FeatureInput; image: FeatureInput },
  width: number,
): Value {
  const positions = boxPositions(s, boxes, masks)
  const half = (name: 'text' | 'image', input: FeatureInput) => {
    const features = orNull(s, input, `null_${name}_feature`, width)
    return tokens(s.at(`linears_${name}`), features, positions, { width, coordinates: 4 })
  }
  const [fromText, fromImage] = [half('text', text), half('image', image)]
  return s.op('Concat', [fromText, fromImage], { axis: 1 })
}

/**
 * One token per keypoint: which figure it belongs to and which point it is, learned, and where it stands.
 *
 * @param points [B, 17P, 2], x y in 0..1, and masks [B, 17P], 1 = there
 * @returns [B, 17P, D]
 */
export function keypointTokens(
  s: Scope,
  { points, masks }: { points: Value; masks: Value },
  { figures, width }: { figures: number; width: number },
): Value {
  const { graph } = s
  const persons = s.weight('person_embeddings', [figures, width], [1, figures, 1, width])
  const kinds = s.weight('keypoint_embeddings', [pointsPerFigure, width], [1, 1, pointsPerFigure, width])
  const names = s.op('Reshape', [s.op('Add', [persons, kinds]), graph.ints([1, -1, width])]) // [1, 17P, D]
  const features = orNull(s, { features: names, masks }, 'null_person_feature', width)
  const positions = orNull(s, { features: waves(s, points, 2), masks }, 'null_xy_feature', positionWidth(2))
  return tokens(s.at('linears'), features, positions, { width, coordinates: 2 })
}

function boxPositions(s: Scope, boxes: Value, masks: Value): Value {
  return orNull(s, { features: waves(s, boxes, 4), masks }, 'null_position_feature', positionWidth(4))
}

/** Feature 2ck + cs + i is sin (s = 0) or cos (s = 1) of coordinate i of c times 100^(k/8); [B, N, 16c]. */
function waves(s: Scope, places: Value, coordinates: number): Value {
  const { graph } = s
  const steps = Array.from({ length: frequencies }, (_, k) => 100 ** (k / frequencies))
  const factors = graph.floats('place-frequencies', steps, [1, 1, frequencies, 1])
  const angles = s.op('Mul', [s.op('Unsqueeze', [places, graph.ints([2])]), factors]) // [B, N, 8, c]
  const both = ['Sin', 'Cos'].map((wave) => s.op('Unsqueeze', [s.op(wave, [angles]), graph.ints([3])]))
  const joined = s.op('Concat', both, { axis: 3 }) // [B, N, 8, 2, c]
  return s.op('Reshape', [joined, graph.ints([0, 0, positionWidth(coordinates)])])
}

/** m·feature + (1 − m)·null. */
function orNull(s: Scope, { features, masks }: FeatureInput, nullName: string, width: number): Value {
  const { graph } = s
  const m = s.op('Unsqueeze', [masks, graph.ints([2])]) // [B, N, 1]
  const absent = s.op('Mul', [s.op('Sub', [graph.scalar(1), m]), s.weight(nullName, [width])])
  return s.op('Add', [s.op('Mul', [features, m]), absent])
}

function tokens(
  s: Scope,
  features: Value,
  positions: Value,
  { width, coordinates }: { width: number; coordinates: number },
): Value {
  const both = s.op('Concat', [features, positions], { axis: 2 })
  const from = width + positionWidth(coordinates)
  const first = silu(s, linear(s.at(0), joinBatch(s, both, from), { from, to: hiddenWidth }))
  const second = silu(s, linear(s.at(2), first, { from: hiddenWidth, to: hiddenWidth }))
  const third = linear(s.at(4), second, { from: hiddenWidth, to: width })
  const slots = s.op('Shape', [features], { start: 0, end: 2 })
  const shape = s.op('Concat', [slots, s.graph.ints([width])], { axis: 0 })
  return s.op('Reshape', [third, shape]) // [B, N, D]
}
