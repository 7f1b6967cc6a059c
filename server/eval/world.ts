/** What a model can paint, as its folder says: kinds of things, places, styles, and how captions are worded. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { decodePicture, type Image } from '#inference/pictures.ts'
import type { Keypoints } from '#nodes/values.ts'

export type Language = 'en' | 'zh'

const words = z.object({ en: z.string(), zh: z.string().optional() })
const joins = z.tuple([z.string(), z.string()])

const worldSchema = z.object({
  kinds: z.array(
    z.object({
      name: z.string(),
      zh: z.string().optional(),
      /** The Chinese measure word. */
      measure: z.string().default('个'),
      /** Whether its boxes were shown in training; the others measure the open-set claim. */
      boxed: z.boolean(),
      /** Width over height. */
      aspect: z.number().positive().default(1),
      /** Posed by keypoints; its looks are worded apart, so that layouts leave it out. */
      figure: z.boolean().default(false),
    }),
  ),
  styles: z.array(z.object({ name: z.string(), zh: z.string().optional() })).default([]),
  places: z.array(
    z.object({
      name: z.string(),
      en: z.array(z.string()).min(1),
      zh: z.array(z.string()).optional(),
    }),
  ),
  /** `{article}`, `{measure}` and `{kind}`. */
  phrase: words.default({ en: '{article} {kind}' }),
  caption: z
    .object({
      /** `{things}` and `{place}`. */
      ...words.shape,
      thing: words,
      /** Between things, and before the last. */
      and: z.object({ en: joins, zh: joins.optional() }),
    })
    .default({ en: '{things} {place}', thing: { en: '{article} {kind}' }, and: { en: [', ', ' and '] } }),
  layout: z
    .object({
      /** How often a picture has one thing, two things, … */
      counts: z.array(z.number().min(0)).min(1),
      /** Longest side of a thing, by how many there are: from, to. */
      sides: z.array(z.tuple([z.number().positive(), z.number().max(1)])).min(1),
      /** Shared area over the smaller box. */
      maxOverlap: z.number().min(0).max(1),
    })
    .default({
      counts: [0.3, 0.4, 0.24, 0.06],
      sides: [
        [0.375, 0.84],
        [0.31, 0.59],
        [0.28, 0.47],
        [0.25, 0.39],
      ],
      maxOverlap: 0.12,
    }),
})

export type World = z.output<typeof worldSchema>
export type Kind = World['kinds'][number]
export type Place = World['places'][number]

/** @throws Error naming the file, when it is missing or says nothing of the kind. */
export async function readWorld(model: string): Promise<World> {
  const world = await readJson(join(model, 'world.json'), worldSchema)
  if (world) return world
  throw new Error(
    `Cannot measure ${model}: it has no world.json, which says what things and places it was taught`,
  )
}

const box = z.tuple([z.number(), z.number(), z.number(), z.number()])
const point = z.tuple([z.number(), z.number()])

const scenesSchema = z.object({
  size: z.int().positive(),
  columns: z.int().positive(),
  scenes: z.array(
    z.object({
      style: z.string().optional(),
      place: z.string().optional(),
      things: z.array(z.object({ kind: z.string(), box, keypoints: z.array(point).optional() })),
    }),
  ),
})
export type DrawnScene = z.output<typeof scenesSchema>['scenes'][number] & { readonly image: Image }

/** Held-out drawings with what is in them; empty where the model brings none. */
export async function readScenes(model: string): Promise<DrawnScene[]> {
  const sheet = await readJson(join(model, 'eval', 'scenes.json'), scenesSchema)
  if (!sheet) return []
  const tile = await openSheet(join(model, 'eval', 'scenes.png'), sheet)
  return sheet.scenes.map((scene, i) => ({ ...scene, image: tile(i) }))
}

const referencesSchema = z.object({
  size: z.int().positive(),
  columns: z.int().positive(),
  references: z.array(
    z.object({
      /** null: a whole picture, for its style. */
      kind: z.string().nullable(),
      style: z.string().nullish(),
    }),
  ),
})
export type Reference = z.output<typeof referencesSchema>['references'][number] & { readonly image: Image }

/** Held-out reference pictures; empty where the model brings none. */
export async function readReferences(model: string): Promise<Reference[]> {
  const sheet = await readJson(join(model, 'eval', 'references.json'), referencesSchema)
  if (!sheet) return []
  const tile = await openSheet(join(model, 'eval', 'references.png'), sheet)
  return sheet.references.map((reference, i) => ({ ...reference, image: tile(i) }))
}

const posesSchema = z.array(
  z.object({ caption: z.string(), captionZh: z.string().optional(), keypoints: z.array(z.array(point)) }),
)

/** Held-out poses; empty where the model brings none. */
export async function readPoses(
  model: string,
): Promise<{ readonly caption: string; readonly keypoints: Keypoints }[]> {
  return (await readJson(join(model, 'eval', 'poses.json'), posesSchema)) ?? []
}

/** A sheet is one PNG of square tiles, row by row. */
async function openSheet(
  path: string,
  { size, columns }: { readonly size: number; readonly columns: number },
): Promise<(index: number) => Image> {
  const sheet = await decodePicture(await readFile(path))
  return (index) => {
    const [left, top] = [(index % columns) * size, Math.floor(index / columns) * size]
    if (left + size > sheet.width || top + size > sheet.height)
      throw new Error(`Cannot read tile ${index + 1} of ${path}: the sheet is too small for it`)
    return crop(sheet, left, top, size, size)
  }
}

export function crop(image: Image, left: number, top: number, width: number, height: number): Image {
  const data = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3
    data.set(image.data.subarray(from, from + width * 3), y * width * 3)
  }
  return { width, height, data }
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  const parsed = schema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`)
  throw new Error(`Cannot read ${path}: ${faults.slice(0, 3).join('; ')}`)
}
