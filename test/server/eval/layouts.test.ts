import { expect, test } from 'vitest'
import { boxFaults } from '#nodes/boxes.ts'
import { captionOf, entitiesOf, inventLayouts, noiseSeed } from '#server/eval/layouts.ts'
import type { Kind, World } from '#server/eval/world.ts'

const kind = (name: string, zh?: string): Kind => ({
  ...{ name, boxed: true, aspect: 1, figure: false, measure: '只' },
  ...(zh !== undefined && { zh }),
})

const world: World = {
  kinds: ['cat', 'owl', 'dog', 'bus'].map((name) => kind(name)),
  styles: [],
  places: [{ name: 'beach', en: ['on a beach'], zh: ['在海滩上'] }],
  phrase: { en: '{article} {kind}', zh: '{kind}' },
  caption: {
    ...{ en: '{things} {place}', zh: '{place}的{things}' },
    thing: { en: '{article} {kind}', zh: '一{measure}{kind}' },
    and: { en: [', ', ' and '], zh: ['、', '和'] },
  },
  layout: { counts: [1, 1, 1], sides: [[0.3, 0.5]], maxOverlap: 0.12 },
}

test('layouts of one seed are the same every time, and of another seed others', () => {
  const once = inventLayouts(world, world.kinds, 20, 7)
  expect(inventLayouts(world, world.kinds, 20, 7)).toEqual(once)
  expect(inventLayouts(world, world.kinds, 20, 8)).not.toEqual(once)
  expect(inventLayouts(world, world.kinds, 30, 7).slice(0, 20)).toEqual(once)
})

test('layouts hold one to three different things in boxes without a fault', () => {
  const all = inventLayouts(world, world.kinds, 200, 1)
  for (const layout of all) {
    const names = layout.things.map((thing) => thing.kind.name)
    expect(new Set(names).size).toBe(names.length)
    expect(boxFaults(entitiesOf(world, layout, 'en'))).toEqual([])
  }
  expect(new Set(all.map(({ things }) => things.length))).toEqual(new Set([1, 2, 3]))
})

test('captions join what is there in the words of the world', () => {
  const [place] = world.places
  if (!place) throw new Error('the world has a place')
  const box = [0, 0, 0.5, 0.5] as const
  const things = ['cat', 'owl', 'dog'].map((name) => ({ kind: kind(name, '猫'), box }))
  expect(captionOf(world, { place, things }, 'en')).toBe('a cat, an owl and a dog on a beach')
  expect(captionOf(world, { place, things: things.slice(1, 2) }, 'en')).toBe('an owl on a beach')
  expect(captionOf(world, { place, things }, 'zh')).toBe('在海滩上的一只猫、一只猫和一只猫')
  expect(captionOf(world, { place, things: [{ kind: kind('cat'), box }] }, 'zh')).toBeNull()
})

test('layouts of no kinds are refused', () => {
  expect(() => inventLayouts(world, [], 1, 1)).toThrow('Cannot invent layouts')
})

test('every picture of a seed has its own noise, the same every time, and none of it comes again with the next seed', () => {
  const of = (seed: number) => Array.from({ length: 500 }, (_, picture) => noiseSeed(seed, picture))
  expect(of(1)).toEqual(of(1))
  expect(new Set([...of(1), ...of(2)]).size).toBe(1000)
})
