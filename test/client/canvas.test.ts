import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boxFaults, maxEntities, type DrawnBox } from '#nodes/boxes.ts'
import { dragged, grabbed, pressed } from '../../client/canvas/box-gesture.ts'
import {
  boxAt,
  drawBox,
  handles,
  moveBox,
  overlapOf,
  readBoxes,
  resizeBox,
  scaleBox,
  smallestSide,
  type Box,
} from '../../client/canvas/box-geometry.ts'
import { besideBox, boxKey } from '../../client/canvas/box-keys.ts'
import { boxWarnings, speaksOf } from '../../client/canvas/box-warnings.ts'
import { inkOn } from '../../client/canvas/colours.ts'
import { reordered, toggled } from '../../client/canvas/list-edits.ts'
import { clipOf, pasted, readClip } from '../../client/canvas/thing-clip.ts'
import { sheetIn, zoomed } from '../../client/canvas/viewport.ts'
import { endOf, withEnd } from '../../client/widgets/gate-drag.ts'

const hostile = fc.oneof(
  fc.double({ min: -2, max: 3, noNaN: true }),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, 1e308, -1e308, 5e-324),
)
const anyBox = fc.tuple(hostile, hostile, hostile, hostile) as fc.Arbitrary<Box>
const spot = fc.record({ x: hostile, y: hostile })
const anyHandle = fc.constantFrom(...handles)
const keys = { shift: false, control: false, alt: false }
const size = { width: 200, height: 100 }

const faultsOf = (box: Box) => boxFaults([{ phrase: 'a cat', box }])
const box = (phrase: string, ...sides: [number, number, number, number]): DrawnBox => ({ phrase, box: sides })
const house = box('a house', 0.1, 0.1, 0.9, 0.9)
const door = box('a door', 0.4, 0.6, 0.5, 0.9)

describe('a box moved or stretched by hand', () => {
  it('stays upright, inside the picture and wide enough, whatever the numbers', () => {
    fc.assert(
      fc.property(anyBox, anyHandle, spot, (from, handle, to) => {
        for (const next of [
          moveBox(from, to.x, to.y),
          resizeBox(from, handle, to),
          scaleBox(from, handle, to),
        ]) {
          expect(faultsOf(next)).toEqual([])
          expect(Math.min(next[2] - next[0], next[3] - next[1])).toBeGreaterThanOrEqual(smallestSide - 1e-9)
        }
      }),
    )
  })

  it('keeps its size while it is moved', () => {
    const sides = fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 500, max: 5000 }))
    fc.assert(
      fc.property(sides, sides, spot, ([x, w], [y, h], by) => {
        const next = moveBox([x / 1e4, y / 1e4, (x + w) / 1e4, (y + h) / 1e4], by.x, by.y)
        expect(next[2] - next[0]).toBeCloseTo(w / 1e4, 9)
        expect(next[3] - next[1]).toBeCloseTo(h / 1e4, 9)
      }),
    )
  })

  it('keeps its proportions where a corner is pulled with Shift', () => {
    const [x0, y0, x1, y1] = scaleBox([0.1, 0.1, 0.3, 0.2], { x: 1, y: 1 }, { x: 0.7, y: 0.15 })
    expect([x0, y0]).toEqual([0.1, 0.1])
    expect((x1 - x0) / (y1 - y0)).toBeCloseTo(2, 3)
  })

  it('is none while it is too small to be meant', () => {
    expect(drawBox({ x: 0.5, y: 0.5 }, { x: 0.51, y: 0.9 })).toBeNull()
  })
})

describe('a press on the ground', () => {
  const at = { x: 0.45, y: 0.7 }

  it('takes the smallest box, and with Alt the one below', () => {
    expect(boxAt([house, door], at)).toBe(1)
    expect(boxAt([house, door], at, 1)).toBe(0)
    expect(boxAt([house, door], at, 0)).toBe(1)
  })

  it('passes through boxes that are locked or hidden', () => {
    expect(boxAt([house, { ...door, locked: true }], at)).toBe(0)
    expect(
      boxAt(
        [
          { ...house, hidden: true },
          { ...door, locked: true },
        ],
        at,
      ),
    ).toBeNull()
  })

  it('draws over a box where Ctrl is held', () => {
    const gesture = pressed([house], at, { selected: null, over: false, keys: { ...keys, control: true } })
    const { things } = dragged(gesture, { x: 0.7, y: 0.8 }, keys)
    expect(things).toEqual([house, box('', 0.45, 0.7, 0.7, 0.8)])
  })

  it('draws no 31st box', () => {
    const full = Array.from({ length: maxEntities }, () => box('a cat', 0, 0, 0.1, 0.1))
    const gesture = pressed(full, at, { selected: null, over: true, keys })
    expect(dragged(gesture, { x: 0.9, y: 0.9 }, keys).things).toBeNull()
  })

  it('moves level or upright with Shift, and not at all before the hand has moved', () => {
    const gesture = pressed([door], at, { selected: null, over: false, keys })
    expect(dragged(gesture, { x: 0.451, y: 0.7 }, keys).things).toBeNull()
    const { things } = dragged(gesture, { x: 0.55, y: 0.75 }, { ...keys, shift: true })
    expect(things?.[0]?.box).toEqual([0.5, 0.6, 0.6, 0.9])
  })

  it('on a handle does not stretch a locked box', () => {
    expect(grabbed([{ ...door, locked: true }], at, 0, { x: 1, y: 1 })).toBeNull()
  })
})

describe('a key on a box', () => {
  const press = (key: string, more = {}) =>
    boxKey(
      [house, door],
      1,
      { key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, code: '', ...more },
      size,
    )

  it('moves it by one pixel of the picture, and by ten with Shift', () => {
    expect(press('ArrowRight')?.things[1]?.box[0]).toBeCloseTo(0.4 + 1 / 200, 4)
    expect(press('ArrowUp', { shiftKey: true })?.things[1]?.box[1]).toBeCloseTo(0.5, 4)
  })

  it('stretches it with Ctrl, its left edge staying', () => {
    expect(press('ArrowLeft', { ctrlKey: true })?.things[1]?.box).toEqual([0.4, 0.6, 0.495, 0.9])
  })

  it('does not drift over a hundred steps there and back', () => {
    let entities: DrawnBox[] = [box('a cat', 0.3333, 0.1, 0.5, 0.5)]
    const step = (key: string) => {
      const event = { key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, code: '' }
      entities = boxKey(entities, 0, event, { width: 128, height: 128 })?.things ?? entities
    }
    step('ArrowRight')
    const start = entities[0]?.box
    for (let count = 0; count < 50; count++) step('ArrowRight')
    for (let count = 0; count < 50; count++) step('ArrowLeft')
    expect(entities[0]?.box).toEqual(start)
  })

  it('removes, duplicates, puts earlier and marks', () => {
    expect(press('Delete')).toMatchObject({ things: [house], selected: null })
    expect(press('d', { ctrlKey: true })?.things).toHaveLength(3)
    expect(press('[')).toMatchObject({ things: [door, house], selected: 0 })
    expect(press('l')?.things[1]).toEqual({ ...door, locked: true })
  })

  it('is left to others where it means nothing here', () => {
    expect(press('z', { ctrlKey: true })).toBeNull()
  })
})

describe('boxes on the clipboard', () => {
  const placing = { placeOf: ({ box }: DrawnBox) => box, beside: besideBox }
  const paste = (list: readonly DrawnBox[], text: string) =>
    pasted(list, readBoxes(readClip('boxes', text)), placing)

  it('are pasted where they were, and beside that where a box stands there already', () => {
    const text = clipOf('boxes', [house, { ...door, locked: true }])
    expect(paste([], text)).toEqual([house, door])
    expect(paste([{ ...door, phrase: 'a gate' }], text).map(({ box }) => box)).toEqual([
      door.box,
      house.box,
      besideBox(door).box,
    ])
  })

  it('are none where the text is of figures, of a workflow, or of anything else', () => {
    const others = [clipOf('figures', [house]), '{"groundwork": 1, "nodes": {}}', 'a house', 'null', '[]']
    for (const text of others) expect(paste([door], text)).toEqual([door])
    fc.assert(fc.property(fc.json(), (text) => void expect(paste([door], text)).toEqual([door])))
  })

  it('are only those that are boxes', () => {
    const text = JSON.stringify({ boxes: [{ phrase: 'a cat' }, house, 7, { phrase: 'a dog', box: [0, 1] }] })
    expect(paste([], text)).toEqual([house])
  })
})

describe('a warning', () => {
  const facts = { width: 64, height: 64, cell: 4, prompts: ['Two cats on a beach'] }
  const codes = (...boxes: DrawnBox[]) => boxWarnings(boxes, facts).map(({ index, code }) => [index, code])

  it('names a box that is smaller than a latent cell', () => {
    expect(codes(box('a cat', 0, 0, 0.05, 0.5))).toEqual([[0, 'small']])
    expect(codes(box('a cat', 0, 0, 0.0625, 0.5))).toEqual([])
  })

  it('names a phrase of which the prompt does not speak', () => {
    expect(codes(box('the cat', 0, 0, 1, 1), box('a dog', 0, 0, 0.2, 0.2))).toEqual([[1, 'not-in-prompt']])
  })

  it('names a box in the place of an earlier one, unless that one is off', () => {
    const cat = box('a cat', 0.1, 0.1, 0.5, 0.5)
    expect(codes(cat, cat)).toEqual([[1, 'overlap']])
    expect(codes({ ...cat, off: true }, cat)).toEqual([])
  })

  it('finds words in Chinese, which has no spaces', () => {
    expect(speaksOf('海滩上有两只猫', '猫')).toBe(true)
    expect(speaksOf('海滩上有两只猫', '狗')).toBe(false)
  })
})

describe('the rest of the canvas', () => {
  it('measures how much two boxes have in common, between 0 and 1', () => {
    expect(overlapOf([0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5])).toBe(1)
    expect(overlapOf([0, 0, 0.5, 0.5], [0.6, 0, 1, 0.5])).toBe(0)
  })

  it('keeps what lies under the pointer there while it zooms', () => {
    const room = { width: 400, height: 300 }
    const at = { x: 90, y: 220 }
    const share = (view: Parameters<typeof sheetIn>[2]) => {
      const { left, top, width, height } = sheetIn(room, 1.5, view)
      return [(at.x - left) / width, (at.y - top) / height]
    }
    const before = { zoom: 1, x: 12, y: -7 }
    const [x, y] = share(zoomed(before, 2.5, at, room))
    expect(x).toBeCloseTo(share(before)[0] ?? NaN, 9)
    expect(y).toBeCloseTo(share(before)[1] ?? NaN, 9)
  })

  it('takes a mark away altogether, and keeps every item when it reorders', () => {
    expect(toggled(toggled([door], 0, 'off'), 0, 'off')).toEqual([door])
    expect(reordered(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b'])
  })

  it('writes dark on bright colours and white on dark ones', () => {
    expect([inkOn('#ffd24a'), inkOn('#102040')]).toEqual(['#14161b', '#ffffff'])
  })
})

describe('the curve of a gate', () => {
  it('keeps its stages inside the steps and in order, whatever is dragged', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, fc.constantFrom('on', 'decay'), (on, decay, at, stage) => {
        const next = withEnd({ on, decay }, stage, at)
        expect(Math.min(next.on, next.decay)).toBeGreaterThanOrEqual(0)
        expect(next.on + next.decay).toBeLessThanOrEqual(1 + 1e-6)
      }),
    )
  })

  it('keeps the length of the decay while full grounding is made longer', () => {
    const next = withEnd({ on: 0.3, decay: 0.2 }, 'on', 0.5)
    expect(next).toEqual({ on: 0.5, decay: 0.2 })
    expect(endOf(next, 'decay')).toBeCloseTo(0.7, 9)
    expect(withEnd(next, 'on', 0.9)).toEqual({ on: 0.9, decay: 0.1 })
  })
})
