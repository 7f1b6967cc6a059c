/** Boxes with phrases and pictures, encoded for one model. BoxGrounding, ImageGrounding and StyleGrounding share it. */
import { failure } from '#inference/failure.ts'
import { groundingOf, type Entity } from '#inference/grounding.ts'
import type { GroundingKind, Model } from '#inference/model.ts'
import type { BoxEntity } from './boxes.ts'
import type { RunContext } from './node.ts'
import { nameModel } from './name-model.ts'
import { showLeftOut } from './show-left-out.ts'
import type { Grounding, Image, ModelRef } from './values.ts'

/** A box in a workflow, and the picture that a wire brings for it. */
export interface Told extends BoxEntity {
  readonly shown?: Image | undefined
}

/**
 * @throws Error when the model cannot be grounded like this, with what to choose in its place.
 */
export async function encodeEntities(
  model: ModelRef,
  entities: readonly Told[],
  context: RunContext,
): Promise<Grounding> {
  const loaded = await context.model(model)
  requireKind(model, loaded, entities.some(({ image, shown }) => image ?? shown) ? 'image' : 'text')
  const said = entities.map(({ phrase }) => phrase.trim()).filter((phrase) => phrase !== '')
  const texts = [...new Set(said)]
  const encoded = await loaded.encodeTexts(texts)
  showLeftOut(encoded, context)
  const features = new Map(texts.map((text, i) => [text, encoded[i]?.pooled]))
  const placed: Entity[] = []
  for (const { phrase, box, image, shown, textMask, imageMask } of entities) {
    const text = features.get(phrase.trim())
    const picture = image === undefined ? shown : await context.loadPicture(image)
    placed.push({
      box,
      ...(text && { phrase: text }),
      ...(picture && { image: await loaded.encodeReference(picture) }),
      ...(textMask !== undefined && { textMask }),
      ...(imageMask !== undefined && { imageMask }),
    })
  }
  const { slots, contextWidth: width } = loaded.limits
  return {
    model,
    entities: entities.map(withoutPicture),
    inputs: groundingOf(placed, { slots, width, kind: loaded.kind }),
    strength: entities.length > 0 ? 1 : 0,
  }
}

/** The wired picture is in the inputs; what is kept of the entity is what a file could say. */
function withoutPicture(told: Told): BoxEntity {
  return Object.fromEntries(Object.entries(told).filter(([name]) => name !== 'shown')) as unknown as BoxEntity
}

const words: Record<GroundingKind, string> = {
  text: 'phrases in boxes',
  image: 'pictures in boxes',
  style: 'the style of a picture',
  keypoint: 'keypoints',
  inpaint: 'a kept part of a picture',
}

/** Says before any encoding that a model is of another kind, and where to choose another. */
export function requireKind(ref: ModelRef, { kind, grounds }: Model, wanted: GroundingKind): void {
  if (grounds.includes(wanted)) return
  const name = nameModel(ref)
  if (kind === 'text-to-image')
    throw failure`Cannot ground by ${words[wanted]} with model ${name}: it has no gated layers, choose another adapter or model in LoadModel`
  throw failure`Cannot ground by ${words[wanted]} with model ${name}: it is grounded by ${grounds.map((ground) => words[ground])}, choose another adapter or model in LoadModel`
}
