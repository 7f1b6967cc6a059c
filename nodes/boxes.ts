/** What a box is, and every way in which a list of boxes can be wrong. Pure: the editor marks faults while you draw. */
import { z } from 'zod'

/** The largest number of entities a GLIGEN position net was trained with. */
export const maxEntities = 30

/** A named thing in a place: x0 y0 x1 y1 as fractions of the picture, origin at the top left. */
export interface BoxEntity {
  readonly phrase: string
  readonly box: readonly [number, number, number, number]
}

export interface BoxFault {
  /** 0-based index of the entity; null when the fault is of the list as a whole. */
  readonly index: number | null
  readonly message: string
}

/** Every fault of a list of boxes, in order; empty when it can run. Messages count boxes from 1, as people do. */
export function boxFaults(entities: readonly BoxEntity[]): BoxFault[] {
  const faults: BoxFault[] = []
  entities.forEach((entity, index) => {
    const place = `box ${index + 1}`
    const [x0, y0, x1, y1] = entity.box
    if (index >= maxEntities)
      faults.push({
        index,
        message: `${place} is one too many: a picture holds at most ${maxEntities} grounded things, remove it`,
      })
    if (entity.phrase.trim() === '')
      faults.push({ index, message: `${place} has no phrase: name what should stand in it` })
    for (const [name, value] of [
      ['x0', x0],
      ['y0', y0],
      ['x1', x1],
      ['y1', y1],
    ] as const)
      if (!(value >= 0 && value <= 1))
        faults.push({
          index,
          message: `${place} leaves the picture: ${name} is ${value}, it must lie between 0 and 1`,
        })
    if (x0 > x1) faults.push({ index, message: `${place} is inside out: x0 ${x0} > x1 ${x1}, swap them` })
    else if (x0 === x1) faults.push({ index, message: `${place} has no width: x0 and x1 are both ${x0}` })
    if (y0 > y1) faults.push({ index, message: `${place} is inside out: y0 ${y0} > y1 ${y1}, swap them` })
    else if (y0 === y1) faults.push({ index, message: `${place} has no height: y0 and y1 are both ${y0}` })
  })
  return faults
}

const entitySchema = z.strictObject({
  phrase: z.string().max(1000),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
})

/** A list of boxes as it stands in a workflow file. */
export const boxesSchema: z.ZodType<readonly BoxEntity[]> = z
  .array(entitySchema)
  .max(1000)
  .superRefine((entities, check) => {
    for (const { index, message } of boxFaults(entities))
      check.addIssue({ code: 'custom', message, path: index === null ? [] : [index], input: entities })
  })
