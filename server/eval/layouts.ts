/** Invents scenes that no training has seen: what stands where, and how one would ask for it. The same seed, the same scenes. */
import { philox } from '#inference/random.ts'
import type { Box } from '#inference/detections.ts'
import type { BoxEntity } from '#nodes/boxes.ts'
import type { Kind, Language, Place, World } from './world.ts'

export interface Layout {
  readonly place: Place
  readonly things: readonly { readonly kind: Kind; readonly box: Box }[]
}

/** Uniform numbers in [0, 1), one after the other. */
export type Dice = () => number

export function dice(seed: number, stream: number): Dice {
  let count = 0
  return () => philox([count++, 0, stream, 0x6c61796f], [seed >>> 0, 0])[0] / 2 ** 32
}

/** The seed of the noise of one picture; measurements whose seeds lie side by side share none. */
export function noiseSeed(seed: number, picture: number): number {
  return philox([picture, 0, 0, 0x6e6f6973], [seed >>> 0, 0])[0]
}

/** @throws Error when there are no kinds or no places to choose from. */
export function inventLayouts(world: World, kinds: readonly Kind[], count: number, seed: number): Layout[] {
  if (kinds.length === 0 || world.places.length === 0)
    throw new Error('Cannot invent layouts: world.json names no kinds of that sort, or no places')
  return Array.from({ length: count }, (_, i) => inventLayout(world, kinds, dice(seed, i)))
}

function inventLayout({ places, layout }: World, kinds: readonly Kind[], roll: Dice): Layout {
  const count = Math.min(weighted(layout.counts, roll) + 1, kinds.length)
  const [from, to] = layout.sides[Math.min(count, layout.sides.length) - 1] ?? [0.3, 0.5]
  const things: { kind: Kind; box: Box }[] = []
  for (const kind of shuffled(kinds, roll).slice(0, count)) {
    const taken = things.map(({ box }) => box)
    const box = freeBox(kind, { from, to, maxOverlap: layout.maxOverlap, taken }, roll)
    if (box) things.push({ kind, box })
  }
  return { place: pick(places, roll), things }
}

const tries = 30

function freeBox(
  { aspect }: Kind,
  at: {
    readonly from: number
    readonly to: number
    readonly maxOverlap: number
    readonly taken: readonly Box[]
  },
  roll: Dice,
): Box | null {
  for (let attempt = 0; attempt < tries; attempt++) {
    const side = at.from + (at.to - at.from) * roll()
    const shape = aspect * 2 ** (0.5 * roll() - 0.25)
    const [width, height] = [side * Math.min(1, shape), side / Math.max(1, shape)]
    const [x, y] = [(1 - width) * roll(), (1 - height) * roll()]
    const box = [x, y, x + width, y + height].map(rounded) as unknown as Box
    if (at.taken.every((other) => overlap(box, other) <= at.maxOverlap)) return box
  }
  return null
}

/** Whether things stand as far apart as those of layouts do. */
export function standApart({ layout }: World, boxes: readonly Box[]): boolean {
  return boxes.every((box, i) => boxes.slice(0, i).every((other) => overlap(box, other) <= layout.maxOverlap))
}

/** Shared area over the smaller box. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  const area = ([x0, y0, x1, y1]: Box) => (x1 - x0) * (y1 - y0)
  return (Math.max(0, width) * Math.max(0, height)) / Math.min(area(a), area(b))
}

/** Boxes as a person would write them; 1/10000 of the picture is less than a pixel of any size here. */
function rounded(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4
}

function weighted(weights: readonly number[], roll: Dice): number {
  let left = roll() * weights.reduce((sum, weight) => sum + weight, 0)
  const index = weights.findIndex((weight) => (left -= weight) < 0)
  return Math.max(0, index)
}

function shuffled<T>(items: readonly T[], roll: Dice): T[] {
  return items
    .map((item) => ({ item, at: roll() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

function pick<T>(items: readonly [T, ...T[]] | readonly T[], roll: Dice): T {
  const item = items[Math.floor(roll() * items.length)]
  if (item === undefined) throw new RangeError('Cannot pick one of nothing')
  return item
}

/** One caption for the layout; null where the world has no words for it in that language. */
export function captionOf(world: World, { place, things }: Layout, language: Language): string | null {
  const { caption } = world
  const [whole, thing, join] = [caption[language], caption.thing[language], caption.and[language]]
  const where = place[language]?.[0]
  if (whole === undefined || thing === undefined || join === undefined || where === undefined) return null
  if (language === 'zh' && things.some(({ kind }) => kind.zh === undefined)) return null
  const said = things.map(({ kind }) => fill(thing, kind, language))
  const [last, ...others] = said.toReversed()
  const list = others.length === 0 ? (last ?? '') : [others.toReversed().join(join[0]), last].join(join[1])
  return whole.replace('{things}', list).replace('{place}', where).trim()
}

/** The boxes of the layout, named in a language. */
export function entitiesOf(world: World, { things }: Layout, language: Language): BoxEntity[] {
  const template = world.phrase[language] ?? '{kind}'
  return things.map(({ kind, box }) => ({
    phrase: fill(template, kind, language),
    box,
  }))
}

function fill(template: string, { name, zh, measure }: Kind, language: Language): string {
  const article = /^[aeiou]/i.test(name) ? 'an' : 'a'
  const word = language === 'en' ? name : (zh ?? name)
  return template.replace('{article}', article).replace('{measure}', measure).replace('{kind}', word)
}
