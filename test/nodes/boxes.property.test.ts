import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxFaults, boxesSchema, maxEntities, type BoxEntity } from '#nodes/boxes.ts'

const odd = fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 1, -1, 2, 0.5, 1 + Number.EPSILON, 5e-324, 1e308)
const side = fc.oneof(fc.double({ min: -0.5, max: 1.5, noNaN: true }), odd)
const box = fc.tuple(side, side, side, side)
const entity: fc.Arbitrary<BoxEntity> = fc.record({ phrase: fc.constantFrom('a cat', '', ' '), box })

/** What a box must be, said once more and in another way. */
function isGood({ phrase, box: [x0, y0, x1, y1] }: BoxEntity): boolean {
  const inside = [x0, y0, x1, y1].every((value) => Number.isFinite(value) && value >= 0 && value <= 1)
  return inside && x1 - x0 > 0 && y1 - y0 > 0 && phrase.trim() !== ''
}

test('a box is free of faults exactly when it has an area inside the picture and words', () => {
  fc.assert(
    fc.property(entity, (one) => {
      expect(boxFaults([one]).length === 0).toBe(isGood(one))
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['NaN', [NaN, 0, 1, 1]],
  ['∞', [0, 0, Infinity, 1]],
  ['−∞', [-Infinity, 0, 1, 1]],
  ['no width', [0.5, 0, 0.5, 1]],
  ['no height', [0, 0.5, 1, 0.5]],
  ['left and right swapped', [1, 0, 0, 1]],
  ['top and bottom swapped', [0, 1, 1, 0]],
  ['an edge outside', [0, 0, 1 + Number.EPSILON, 1]],
] as const)('a box with %s is refused', (_what, sides) => {
  expect(boxFaults([{ phrase: 'a cat', box: sides }]).length).toBeGreaterThan(0)
  expect(boxesSchema.safeParse([{ phrase: 'a cat', box: sides }]).success).toBe(false)
})

test('a box from −0 is a box from 0', () => {
  expect(boxFaults([{ phrase: 'a cat', box: [-0, -0, 1, 1] }])).toEqual([])
})

test('every fault of a list names its box, and the schema refuses the same lists', () => {
  fc.assert(
    fc.property(fc.array(entity, { maxLength: maxEntities + 3 }), (entities) => {
      const faults = boxFaults(entities)
      for (const { index, message } of faults) {
        expect(index).toBeLessThan(entities.length)
        expect(message).toContain(`box ${index + 1} `)
      }
      const blamed = new Set(faults.map(({ index }) => index))
      entities.forEach((one, index) => {
        expect(blamed.has(index)).toBe(!isGood(one) || index >= maxEntities)
      })
      expect(boxesSchema.safeParse(entities).success).toBe(faults.length === 0)
    }),
    { numRuns: 200 },
  )
})

test('whatever stands in the place of a list of boxes is refused or taken, and nothing is thrown', () => {
  const nearly = fc.array(
    fc.record({ phrase: fc.anything(), box: fc.anything(), image: fc.anything() }, { requiredKeys: [] }),
  )
  fc.assert(
    fc.property(fc.oneof(nearly, fc.anything()), (value) => {
      expect(typeof boxesSchema.safeParse(value).success).toBe('boolean')
    }),
    { numRuns: 200 },
  )
})
