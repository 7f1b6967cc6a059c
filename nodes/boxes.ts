/** What a box is, and every way in which a list of boxes can be wrong. Pure: the editor marks faults while you draw. */
import { z } from 'zod'
import { editingMarks, type EditingMarks } from './editing-marks.ts'

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

/** A box as it stands in a file: with what only the editor looks at. */
export interface DrawnBox extends BoxEntity, EditingMarks {}

/** Whether every box needs a phrase, or may be told by its picture, or by one that a wire brings. */
export type PhraseRule = 'needed' | 'optional'

export type BoxFaultCode = 'too-many' | 'no-phrase' | 'mask' | 'off-canvas' | 'inside-out' | 'flat'

export interface BoxFault {
  /** 0-based index of the entity. */
  readonly index: number
  readonly code: BoxFaultCode
  /** What the sentence speaks of, for one in another language. */
  readonly about: Readonly<Record<string, string | number>>
  readonly message: string
}

type State = Omit<BoxFault, 'index' | 'message'> & { readonly state: string }

/**
 * Every fault of a list of boxes, in order; empty when it can run. Messages count boxes from 1, as people do. A box that
 * is off has no faults and takes none of the 30 places.
 */
export function boxFaults(entities: readonly DrawnBox[], phrases: PhraseRule = 'needed'): BoxFault[] {
  let sent = 0
  return entities.flatMap((entity, index) => {
    if (entity.off) return []
    const found = entityFaults(entity, ++sent, phrases)
    return found.map(({ code, about, state }) => ({
      index,
      code,
      about,
      message: `box ${index + 1} ${state}`,
    }))
  })
}

function entityFaults(entity: BoxEntity, count: number, phrases: PhraseRule): State[] {
  const { phrase, box, image, textMask = 1, imageMask = 1 } = entity
  const faults: State[] = []
  if (count > maxEntities)
    faults.push({
      code: 'too-many',
      about: { most: maxEntities },
      state: `is one too many: a picture holds at most ${maxEntities} grounded things, remove it`,
    })
  if (phrases === 'needed' && phrase.trim() === '' && !image)
    faults.push({ code: 'no-phrase', about: {}, state: 'has no phrase: name what should stand in it' })
  for (const [name, value] of Object.entries({ textMask, imageMask }))
    if (!(value >= 0 && value <= 1))
      faults.push({
        code: 'mask',
        about: { name, value },
        state: `has ${name} ${value}: it must lie between 0 and 1`,
      })
  return [...faults, ...placeFaults(box)]
}

function placeFaults([x0, y0, x1, y1]: BoxEntity['box']): State[] {
  const outside = Object.entries({ x0, y0, x1, y1 }).filter(([, value]) => !(value >= 0 && value <= 1))
  return [
    ...outside.map(([name, value]): State => ({
      code: 'off-canvas',
      about: { name, value },
      state: `leaves the picture: ${name} is ${value}, it must lie between 0 and 1`,
    })),
    ...sideFaults('width', ['x0', x0], ['x1', x1]),
    ...sideFaults('height', ['y0', y0], ['y1', y1]),
  ]
}

type Edge = readonly [name: string, value: number]

function sideFaults(side: 'width' | 'height', [from, low]: Edge, [to, high]: Edge): State[] {
  const about = { side, from, low, to, high }
  if (low > high)
    return [{ code: 'inside-out', about, state: `is inside out: ${from} ${low} > ${to} ${high}, swap them` }]
  if (low === high)
    return [{ code: 'flat', about, state: `has no ${side}: ${from} and ${to} are both ${low}` }]
  return []
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
  ...editingMarks,
})

/**
 * A list of boxes as it stands in a workflow file. What comes out is what a node works with and what its cache key is
 * made of: boxes that are off are gone, and so is all that only the editor looks at.
 */
export function boxListSchema(phrases: PhraseRule): z.ZodType<readonly BoxEntity[], readonly DrawnBox[]> {
  return z
    .array(entitySchema)
    .max(1000)
    .superRefine((entities, check) => {
      for (const { index, message } of boxFaults(entities, phrases))
        check.addIssue({ code: 'custom', message, path: [index], input: entities })
    })
    .transform((entities) => entities.filter(({ off }) => !off).map(sentBox))
}

function sentBox({ phrase, box, image, textMask, imageMask }: DrawnBox): BoxEntity {
  return {
    phrase,
    box,
    ...(image !== undefined && { image }),
    ...(textMask !== undefined && { textMask }),
    ...(imageMask !== undefined && { imageMask }),
  }
}

/** Boxes that all say in words, or with a picture of their own, what stands in them. */
export const boxesSchema = boxListSchema('needed')
