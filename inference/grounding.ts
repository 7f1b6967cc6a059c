/**
 * What the position net is told about one picture: a fixed number of slots, the taken ones first.
 *
 * Letters: N slots, D width of a feature.
 */
import { failure } from './failure.ts'
import { pointsPerFigure } from './networks/position-net.ts'
import { sizeOf, zeros, type Tensor } from './tensor.ts'

export type Grounding = BoxInputs | FigureInputs

export interface BoxInputs {
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

/** Posed figures, 17 slots for each. */
export interface FigureInputs {
  /** [1, N, 2], x y as fractions of the picture. */
  readonly points: Tensor
  /** [1, N], 1 where a keypoint is there. */
  readonly masks: Tensor
}

export interface Entity {
  readonly box: readonly [x0: number, y0: number, x1: number, y1: number]
  /** [1, D], `pooled` of `encodeTexts`. */
  readonly phrase?: Tensor
  /** [1, D], from `encodeReference`. */
  readonly image?: Tensor
  /** How much the phrase counts where there is one, 0..1; default 1. Only models that take pictures read it. */
  readonly textMask?: number
  /** How much the picture counts where there is one, 0..1; default 1. */
  readonly imageMask?: number
}

export interface SlotShape {
  /** N, how many entities fit. */
  readonly slots: number
  /** D. */
  readonly width: number
  /** Only `gated-text-image` takes pictures. */
  readonly kind: 'text-to-image' | 'gated' | 'gated-text-image' | 'gated-keypoint'
}

/**
 * Puts entities into slots, in order.
 *
 * @throws Failure when there are more entities than slots, a feature has another width, or an entity has a picture
 * and the model takes none, or the model takes no boxes at all.
 */
export function groundingOf(entities: readonly Entity[], { slots, width, kind }: SlotShape): BoxInputs {
  if (kind === 'gated-keypoint')
    throw failure`Cannot ground boxes: the model's gated layers read keypoints, load it with an adapter for boxes`
  if (entities.length > slots)
    throw failure`Cannot ground ${entities.length} entities: the model has ${slots} slots, leave some out`
  const picture = entities.findIndex(({ image }) => image)
  if (picture >= 0 && kind !== 'gated-text-image')
    throw failure`Cannot ground entity ${picture + 1} by a picture: the model only takes phrases, use one of kind 'gated-text-image'`
  const boxes = rows(
    slots,
    4,
    entities.map(({ box }) => Float32Array.from(box)),
  )
  const masks = flags(
    slots,
    entities.map(() => 1),
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
      entities.map(({ phrase, textMask = 1 }) => (phrase ? textMask : 0)),
    ),
    images: features(
      slots,
      width,
      entities.map(({ image }) => image),
    ),
    imageMasks: flags(
      slots,
      entities.map(({ image, imageMask = 1 }) => (image ? imageMask : 0)),
    ),
  }
}

/**
 * Several groundings of one model as one: the taken slots of all, in order.
 *
 * @throws Failure when they need more slots than there are, or are of two kinds.
 */
export function mergedGrounding(parts: readonly [Grounding, ...Grounding[]]): Grounding {
  const [first] = parts
  if (parts.some((part) => 'points' in part !== 'points' in first))
    throw failure`Cannot merge groundings: some have boxes and some have keypoints, a model reads only one of them`
  const width = 'points' in first ? pointsPerFigure : 1
  const slots = (first.masks.shape[1] ?? 0) / width
  const taken = parts.flatMap((part) => takenSlots(part, width).map((slot) => ({ part, slot })))
  if (taken.length > slots)
    throw failure`Cannot merge groundings: together they have ${taken.length} entities, the model has ${slots} slots, leave some out`
  const merged = Object.entries<Tensor>({ ...first }).map(([field, { shape }]) => {
    const result = zeros(shape)
    const size = sizeOf(shape) / slots
    taken.forEach(({ part, slot }, at) => {
      const { data } = part[field as keyof Grounding]
      result.data.set(data.subarray(slot * size, (slot + 1) * size), at * size)
    })
    return [field, result] as const
  })
  // Every field is a tensor, and each has just been made again.
  return Object.fromEntries(merged) as unknown as Grounding
}

function takenSlots({ masks }: Grounding, width: number): number[] {
  const count = masks.data.length / width
  return Array.from({ length: count }, (_, slot) => slot).filter((slot) =>
    masks.data.subarray(slot * width, (slot + 1) * width).some((mask) => mask !== 0),
  )
}

/** The same slots, none of them taken: what the unconditional half gets. The gated layers still run. */
export function nullGrounding(grounding: Grounding): Grounding {
  const none = (mask: Tensor) => zeros(mask.shape)
  if ('points' in grounding) return { ...grounding, masks: none(grounding.masks) }
  return {
    ...grounding,
    masks: none(grounding.masks),
    phraseMasks: none(grounding.phraseMasks ?? grounding.masks),
    ...(grounding.imageMasks && { imageMasks: none(grounding.imageMasks) }),
  }
}

/**
 * Puts posed figures into slots, in order. A keypoint at exactly (0, 0) is absent, as GLIGEN writes it.
 *
 * @param figures each 17 keypoints x y
 * @param most how many figures fit
 * @throws Failure when there are more figures than fit; RangeError when one has not 17 keypoints.
 */
export function figureInputs(
  figures: readonly (readonly (readonly [number, number])[])[],
  most: number,
): FigureInputs {
  if (figures.length > most)
    throw failure`Cannot ground ${figures.length} figures: the model has room for ${most}, leave some out`
  const odd = figures.findIndex(({ length }) => length !== pointsPerFigure)
  if (odd >= 0)
    throw new RangeError(
      `Cannot ground figure ${odd + 1}: it has ${figures[odd]?.length} keypoints, it needs ${pointsPerFigure}`,
    )
  const slots = most * pointsPerFigure
  const points = figures.flat()
  return {
    points: rows(
      slots,
      2,
      points.map((point) => Float32Array.from(point)),
    ),
    masks: flags(
      slots,
      points.map(([x, y]) => (x === 0 && y === 0 ? 0 : 1)),
    ),
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

function flags(slots: number, values: readonly number[]): Tensor {
  const result = zeros([1, slots])
  result.data.set(values)
  return result
}
