/** What a box is, and every way in which a list of boxes can be wrong. Pure: the editor marks faults while you draw. */
import { z } from 'zod'

/** The largest number of entities a GLIGEN position net was trained with. */
export const maxEntities = 30

/** A thing in a place: x0 y0 x1 y1 as fractions of the picture, origin at the top left. */
export interface BoxEntity {
  /** What stands there in words; empty where only a picture says it. */
  readonly phrase: string
  readonly box: readonly [number, number, number, number]
  /** Id of a stored picture that shows what stands there. */
  readonly image?: string | undefined
  /** How much the phrase counts, 0..1; default 1. At 0 the position net sees no phrase at all. */
  readonly textMask?: number | undefined
  /** How much the picture counts, 0..1; default 1. */
  readonly imageMask?: number | undefined
}

/** Whether every box needs a phrase, or may be told by its picture, or by one that a wire brings. */
export type PhraseRule = 'needed' | 'optional'

export interface BoxFault {
  /** 0-based index of the entity; null when the fault is of the list as a whole. */
  readonly index: number | null
  readonly message: string
}

/** Every fault of a list of boxes, in order; empty when it can run. Messages count boxes from 1, as people do. */
export function boxFaults(entities: readonly BoxEntity[], phrases: PhraseRule = 'needed'): BoxFault[] {
  return entities.flatMap((entity, index) =>
    entityFaults(entity, index, phrases).map((state) => ({ index, message: `box ${index + 1} ${state}` })),
  )
}

function entityFaults(entity: BoxEntity, index: number, phrases: PhraseRule): string[] {
  const { phrase, box, image, textMask = 1, imageMask = 1 } = entity
  const faults: string[] = []
  if (index >= maxEntities)
    faults.push(`is one too many: a picture holds at most ${maxEntities} grounded things, remove it`)
  if (phrases === 'needed' && phrase.trim() === '' && !image)
    faults.push('has no phrase: name what should stand in it')
  for (const [name, value] of Object.entries({ textMask, imageMask }))
    if (!(value >= 0 && value <= 1)) faults.push(`has ${name} ${value}: it must lie between 0 and 1`)
  return [...faults, ...placeFaults(box)]
}

function placeFaults([x0, y0, x1, y1]: BoxEntity['box']): string[] {
  const faults = Object.entries({ x0, y0, x1, y1 })
    .filter(([, value]) => !(value >= 0 && value <= 1))
    .map(([name, value]) => `leaves the picture: ${name} is ${value}, it must lie between 0 and 1`)
  if (x0 > x1) faults.push(`is inside out: x0 ${x0} > x1 ${x1}, swap them`)
  else if (x0 === x1) faults.push(`has no width: x0 and x1 are both ${x0}`)
  if (y0 > y1) faults.push(`is inside out: y0 ${y0} > y1 ${y1}, swap them`)
  else if (y0 === y1) faults.push(`has no height: y0 and y1 are both ${y0}`)
  return faults
}

const entitySchema = z.strictObject({
  phrase: z.string().max(1000),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  image: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the id of a stored picture, 64 hexadecimal digits')
    .optional(),
  textMask: z.number().optional(),
  imageMask: z.number().optional(),
})

/** A list of boxes as it stands in a workflow file. */
export function boxListSchema(phrases: PhraseRule): z.ZodType<readonly BoxEntity[]> {
  return z
    .array(entitySchema)
    .max(1000)
    .superRefine((entities, check) => {
      for (const { index, message } of boxFaults(entities, phrases))
        check.addIssue({
          code: 'custom',
          message,
          path: index === null ? [] : [index],
          input: entities,
        })
    })
}

/** Boxes that all say in words, or with a picture of their own, what stands in them. */
export const boxesSchema = boxListSchema('needed')
