/**
 * What the position net is told about one picture: a fixed number of slots, the taken ones first.
 *
 * Letters: N slots, D width of a feature.
 */
import { sizeOf, zeros, type Tensor } from './tensor.ts'

export interface Grounding {
  /** [1, N, 4], x0 y0 x1 y1 as fractions of the picture. */
  readonly boxes: Tensor
  /** [1, N], 1 where a slot is taken. */
  readonly masks: Tensor
  /** [1, N, D], pooled text features of the phrases; 0 where there is none. */
  readonly phrases: Tensor
  /** [1, N], 1 where a slot has a phrase. Only read by models that ground by pictures too; default: `masks`. */
  readonly phraseMasks?: Tensor
  /** [1, N, D], features of reference pictures; 0 where there is none. */
  readonly images?: Tensor
  /** [1, N], 1 where a slot has a picture. */
  readonly imageMasks?: Tensor
}

export interface Entity {
  readonly box: readonly [x0: number, y0: number, x1: number, y1: number]
  /** [1, D], `pooled` of `encodeTexts`. */
  readonly phrase?: Tensor
  /** [1, D], from `encodeReference`. */
  readonly image?: Tensor
}

export interface SlotShape {
  /** N, how many entities fit. */
  readonly slots: number
  /** D. */
  readonly width: number
  /** Only `gated-text-image` takes pictures. */
  readonly kind: 'text-to-image' | 'gated' | 'gated-text-image'
}

/**
 * Puts entities into slots, in order.
 *
 * @throws RangeError when there are more entities than slots, a feature has another width, or an entity has a picture
 * and the model takes none.
 */
export function groundingOf(entities: readonly Entity[], { slots, width, kind }: SlotShape): Grounding {
  if (entities.length > slots)
    throw new RangeError(
      `Cannot ground ${entities.length} entities: the model has ${slots} slots, leave some out`,
    )
  const picture = entities.findIndex(({ image }) => image)
  if (picture >= 0 && kind !== 'gated-text-image')
    throw new RangeError(
      `Cannot ground entity ${picture + 1} by a picture: the model only takes phrases, use one of kind 'gated-text-image'`,
    )
  const boxes = rows(
    slots,
    4,
    entities.map(({ box }) => Float32Array.from(box)),
  )
  const masks = flags(
    slots,
    entities.map(() => true),
  )
  const phrases = features(
    slots,
    width,
    entities.map(({ phrase }) => phrase),
  )
  if (kind !== 'gated-text-image') return { boxes, masks, phrases }
  return {
    ...{ boxes, masks, phrases },
    phraseMasks: flags(
      slots,
      entities.map(({ phrase }) => phrase !== undefined),
    ),
    images: features(
      slots,
      width,
      entities.map(({ image }) => image),
    ),
    imageMasks: flags(
      slots,
      entities.map(({ image }) => image !== undefined),
    ),
  }
}

/** The same slots, none of them taken: what the unconditional half gets. The gated layers still run. */
export function nullGrounding(grounding: Grounding): Grounding {
  const none = (mask: Tensor) => zeros(mask.shape)
  return {
    ...grounding,
    masks: none(grounding.masks),
    phraseMasks: none(grounding.phraseMasks ?? grounding.masks),
    ...(grounding.imageMasks && { imageMasks: none(grounding.imageMasks) }),
  }
}

function features(slots: number, width: number, values: readonly (Tensor | undefined)[]): Tensor {
  const odd = values.find((value) => value && sizeOf(value.shape) !== width)
  if (odd)
    throw new RangeError(
      `Cannot ground by a feature of shape [${odd.shape}]: the model's features have ${width} values`,
    )
  return rows(
    slots,
    width,
    values.map((value) => value?.data),
  )
}

function rows(slots: number, width: number, values: readonly (Float32Array | undefined)[]): Tensor {
  const result = zeros([1, slots, width])
  values.forEach((value, slot) => value && result.data.set(value, slot * width))
  return result
}

function flags(slots: number, values: readonly boolean[]): Tensor {
  const result = zeros([1, slots])
  values.forEach((value, slot) => (result.data[slot] = value ? 1 : 0))
  return result
}
