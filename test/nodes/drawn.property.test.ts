import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boxFaults, boxListSchema } from '#nodes/boxes.ts'
import { gateCurve } from '#nodes/gate-strength.ts'
import { keypointFaults, keypointsSchema, maxFigures } from '#nodes/keypoints.ts'
import { reportOn } from '#nodes/grounding-report.ts'

const anyNumber = fc.oneof(fc.double(), fc.constantFrom(0, 1, -0, 0.5, Number.NaN, Infinity, -1, 2))
const anyBox = fc.tuple(anyNumber, anyNumber, anyNumber, anyNumber)
const side = fc.double({ min: 0, max: 1, noNaN: true })
const goodBox = fc
  .tuple(side, side, side, side)
  .map(([a, b, c, d]) => [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)] as const)

test('boxes of any numbers are taken without a fault or refused with sentences, and never throw', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ phrase: fc.string(), box: anyBox }), { maxLength: 40 }), (boxes) => {
      const faults = boxFaults(boxes)
      expect(boxListSchema('needed').safeParse(boxes).success).toBe(
        faults.length === 0 && boxes.every(({ box }) => box.every(Number.isFinite)),
      )
      for (const { message, index } of faults) expect(message).toMatch(new RegExp(`^box ${index + 1} `))
    }),
  )
})

const drawnPoint = (number: fc.Arbitrary<number>) =>
  fc.oneof(fc.tuple(number, number), fc.tuple(number, number, fc.constantFrom(0, 1, 2)))
const goodFigure = fc.array(drawnPoint(side), { minLength: 17, maxLength: 17 })
const anyFigure = fc.array(drawnPoint(anyNumber), { minLength: 15, maxLength: 18 })

test('figures of any numbers are taken without a fault or refused with sentences, and never throw', () => {
  const list = (figure: typeof goodFigure) => fc.array(figure, { maxLength: maxFigures + 2 })
  fc.assert(
    fc.property(fc.oneof(list(goodFigure), list(fc.oneof(goodFigure, anyFigure))), (figures) => {
      const faults = keypointFaults(figures.map((points) => ({ points })))
      expect(keypointsSchema.safeParse(figures).success).toBe(
        faults.length === 0 && figures.flat(2).every(Number.isFinite),
      )
      for (const { message } of faults) expect(message).toMatch(/^figure \d+ /)
    }),
  )
})

test('keypoints and boxes of any JSON never throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      keypointsSchema.safeParse(value)
      boxListSchema('optional').safeParse(value)
    }),
  )
})

test('the gates never open again once they have begun to close', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), side, side, (total, on, decay) => {
      const curve = gateCurve(total, { on, decay })
      expect(curve).toHaveLength(total)
      curve.forEach((beta, i) => {
        expect(beta).toBeGreaterThanOrEqual(0)
        expect(beta).toBeLessThanOrEqual(curve[i - 1] ?? 1)
      })
    }),
  )
})

test('a report never finds more than was asked for, and no detection answers twice', () => {
  const kind = fc.constantFrom('cat', 'dog')
  const detection = fc.record({ kind, box: goodBox, score: side })
  fc.assert(
    fc.property(
      fc.array(fc.record({ phrase: kind, box: goodBox })),
      fc.array(detection),
      side,
      (entities, detections, threshold) => {
        const options = { threshold: Math.max(threshold, 0.01), kindOf: (phrase: string) => phrase }
        const report = reportOn({ entities, figures: [] }, detections, options)
        expect(report.of).toBe(entities.length)
        expect(report.found).toBeLessThanOrEqual(Math.min(entities.length, detections.length))
        expect(report.others.length).toBeGreaterThanOrEqual(detections.length - entities.length)
      },
    ),
  )
})
