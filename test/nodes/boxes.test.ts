import { describe, expect, it } from 'vitest'
import { boxFaults, boxesSchema, maxEntities } from '#nodes/boxes.ts'
import type { BoxEntity } from '#nodes/boxes.ts'

function entity(box: BoxEntity['box'], phrase = 'a cat'): BoxEntity {
  return { phrase, box }
}

const good = entity([0.1, 0.2, 0.6, 0.8])

describe('boxFaults', () => {
  it('finds nothing wrong with a box inside the picture', () => {
    expect(boxFaults([good, entity([0, 0, 1, 1])])).toEqual([])
  })

  it('names the side and the value of a box that leaves the picture', () => {
    expect(boxFaults([good, entity([0.1, -0.2, 1.3, 0.8])]).map((fault) => fault.message)).toEqual([
      'box 2 leaves the picture: y0 is -0.2, it must lie between 0 and 1',
      'box 2 leaves the picture: x1 is 1.3, it must lie between 0 and 1',
    ])
  })

  it('says which corners to swap when a box is inside out', () => {
    expect(boxFaults([entity([0.8, 0.1, 0.2, 0.5])]).map((fault) => fault.message)).toEqual([
      'box 1 is inside out: x0 0.8 > x1 0.2, swap them',
    ])
  })

  it('refuses a box without area and a box without a phrase', () => {
    expect(boxFaults([entity([0.5, 0.1, 0.5, 0.5], ' ')]).map((fault) => fault.message)).toEqual([
      'box 1 has no phrase: name what should stand in it',
      'box 1 has no width: x0 and x1 are both 0.5',
    ])
  })

  it('accepts the 30th box and refuses the 31st', () => {
    const full = Array.from({ length: maxEntities }, () => good)
    expect(boxFaults(full)).toEqual([])
    expect(boxFaults([...full, good])).toMatchObject([
      { index: 30, message: 'box 31 is one too many: a picture holds at most 30 grounded things, remove it' },
    ])
  })

  it('passes over a box that is off: it has no faults and takes no place', () => {
    const full = Array.from({ length: maxEntities }, () => good)
    expect(boxFaults([{ ...entity([0.8, 0.1, 0.2, 7], ''), off: true }, ...full])).toEqual([])
  })

  it('lets a picture stand for the phrase', () => {
    expect(boxFaults([{ ...entity([0, 0, 1, 1], ''), image: 'a'.repeat(64) }])).toEqual([])
  })

  it('says in data what its sentence speaks of', () => {
    expect(boxFaults([entity([0.8, 0.1, 0.2, 0.5])])).toMatchObject([
      { code: 'inside-out', about: { side: 'width', from: 'x0', low: 0.8, to: 'x1', high: 0.2 } },
    ])
  })

  it('refuses coordinates that are not numbers', () => {
    expect(boxFaults([entity([Number.NaN, 0, 1, 1])])).toHaveLength(1)
  })
})

describe('boxesSchema', () => {
  it('points at the faulty box', () => {
    const parsed = boxesSchema.safeParse([good, entity([0.8, 0.1, 0.2, 0.5])])
    expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([[1]])
  })

  it('refuses keys it does not know', () => {
    expect(boxesSchema.safeParse([{ ...good, weight: 2 }]).success).toBe(false)
  })

  it('drops what is only for the editor, and boxes that are off', () => {
    const marked = { ...good, colour: '#ff0000', locked: true, hidden: true }
    expect(boxesSchema.parse([marked, { ...good, off: true }])).toEqual([good])
  })
})

describe('a box with a picture', () => {
  const picture = 'ab'.repeat(32)

  it('needs no phrase', () => {
    expect(boxFaults([{ ...good, phrase: '', image: picture }])).toEqual([])
  })

  it('may come without a picture of its own where phrases are optional', () => {
    expect(boxFaults([{ ...good, phrase: '' }], 'optional')).toEqual([])
  })

  it('is refused with a mask outside 0..1, and with a picture that is no id', () => {
    expect(boxFaults([{ ...good, textMask: 1.5 }]).map(({ message }) => message)).toEqual([
      'box 1 has textMask 1.5: it must lie between 0 and 1',
    ])
    expect(boxesSchema.safeParse([{ ...good, image: '../cat.png' }]).success).toBe(false)
  })
})
