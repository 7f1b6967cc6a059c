/** What a file says of a drawn thing for the editor's sake. Schemas drop it, so that it never reaches a cache key. */
import { z } from 'zod'

export interface EditingMarks {
  /** `#rrggbb`; the editor chooses one where it is missing. */
  readonly colour?: string | undefined
  /** Cannot be moved on the canvas. */
  readonly locked?: boolean | undefined
  /** Not drawn on the canvas; it takes part in the picture all the same. */
  readonly hidden?: boolean | undefined
  /** Takes no part in the picture. */
  readonly off?: boolean | undefined
}

export const editingMarks = {
  colour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .optional(),
  locked: z.boolean().optional(),
  hidden: z.boolean().optional(),
  off: z.boolean().optional(),
}
