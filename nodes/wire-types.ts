/** What may flow on a wire, by name, and which output may feed which input. Pure: the editor imports this file. */

/**
 * The types a wire can carry.
 *
 * - `Model`: a model on this machine, by id and content hash.
 * - `Conditioning`: an encoded text, [1, tokens, width].
 * - `Grounding`: what should stand where, encoded for one model, with its gate strength β.
 * - `Boxes`: phrases with boxes x0 y0 x1 y1, as fractions of the picture.
 * - `Keypoints`: figures of 17 COCO points, as fractions of the picture.
 * - `Latent`: NCHW, scaled by the model's scaling factor; carries a sampler's history inside a loop.
 * - `Image`: float32, 0..1, RGB, HWC.
 * - `Mask`: float32, 0..1, HW; 1 = keep.
 * - `Step`: one denoising step: index, total, timestep, sigma, and the schedule it belongs to.
 * - `Any`: whatever arrives. All inputs of this type of one node take the same, and its outputs of this type carry it.
 */
export const wireTypes = [
  'Model',
  'Conditioning',
  'Grounding',
  'Boxes',
  'Keypoints',
  'Latent',
  'Image',
  'Mask',
  'Step',
  'Text',
  'Int',
  'Float',
  'Bool',
  'Any',
] as const

export type WireType = (typeof wireTypes)[number]

/**
 * Whether an output of type `from` may feed an input of type `to`. Int → Float is allowed, Float → Int is not; what an
 * `Any` carries is only known once it is linked, and judged with the whole workflow.
 */
export function canConnect(from: WireType, to: WireType): boolean {
  return from === to || from === 'Any' || to === 'Any' || (from === 'Int' && to === 'Float')
}
