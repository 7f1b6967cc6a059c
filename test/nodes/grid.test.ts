import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawGrid, reduceForGrid } from '#nodes/draw-grid.ts'
import { textLines, textSize, writeText } from '#nodes/draw-text.ts'
import { glyphRows } from '#nodes/glyphs.ts'
import type { Image } from '#nodes/values.ts'

const plain = (width: number, height: number, grey: number): Image => ({
  width,
  height,
  data: new Float32Array(width * height * 3).fill(grey),
})

const greyAt = ({ width, data }: Image, x: number, y: number) => data[(y * width + x) * 3]

test('a grid holds every picture at its place, and leaves a cell without one grey', () => {
  const cells = [
    { row: 0, column: 0, image: plain(200, 100, 0.25) },
    { row: 1, column: 1, image: plain(200, 100, 0.5) },
  ]
  const grid = drawGrid(cells, { rows: 2, columns: 2 })
  expect([grid.width, grid.height]).toEqual([4 + 2 * 204, 4 + 2 * 104])
  expect([greyAt(grid, 100, 50), greyAt(grid, 308, 158)]).toEqual([0.25, 0.5])
  expect(greyAt(grid, 308, 50)).toBeCloseTo(0.86)
})

test('a grid enlarges small pictures by whole pixels and makes large ones smaller', () => {
  expect(drawGrid([{ row: 0, column: 0, image: plain(64, 64, 0) }], { rows: 1, columns: 1 }).width).toBe(136)
  const large = [{ row: 0, column: 0, image: plain(1400, 700, 0.5) }]
  const grid = drawGrid(large, { rows: 1, columns: 6 })
  expect(grid.width).toBeLessThanOrEqual(4096)
  expect(greyAt(grid, 300, 200)).toBeCloseTo(0.5)
})

test('a grid with its gaps and labels is at most 4096 px a side, whatever it holds', () => {
  const words = fc.array(fc.string({ maxLength: 60 }), { maxLength: 64 })
  const size = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constantFrom(128, 512, 4096))
  const form = fc
    .integer({ min: 1, max: 64 })
    .chain((rows) =>
      fc.record({ rows: fc.constant(rows), columns: fc.integer({ min: 1, max: Math.floor(64 / rows) }) }),
    )
  fc.assert(
    fc.property(form, size, size, words, words, words, ({ rows, columns }, width, height, ...texts) => {
      const [labels, rowLabels, columnLabels] = texts as [string[], string[], string[]]
      const form = {
        rows,
        columns,
        rowLabels: rowLabels.slice(0, rows),
        columnLabels: columnLabels.slice(0, columns),
      }
      const image = reduceForGrid({ width, height, data: new Float32Array(0) }, form)
      const cells = Array.from({ length: rows * columns }, (_, i) => ({
        ...{ row: Math.floor(i / columns), column: i % columns, image },
        ...(labels[i] !== undefined && { label: labels[i] }),
      }))
      const grid = drawGrid(cells, form)
      expect(Math.max(grid.width, grid.height)).toBeLessThanOrEqual(4096)
    }),
    { numRuns: 15 },
  )
})

test('a grid of eight by eight pictures of 512 px can be loaded again', () => {
  const grid = drawGrid([{ row: 7, column: 7, image: plain(512, 512, 0.5) }], { rows: 8, columns: 8 })
  expect([grid.width, grid.height].every((side) => side > 4000 && side <= 4096)).toBe(true)
})

test('a picture is held for a grid only as large as the grid shows it', () => {
  const form = { rows: 8, columns: 8 }
  const { width, height, data } = reduceForGrid(plain(2048, 1024, 0.5), form)
  expect([width, height, data.length, data[0]]).toEqual([512, 256, 512 * 256 * 3, 0.5])
  const small = plain(200, 100, 0.5)
  expect(reduceForGrid(small, form)).toBe(small)
})

test('a grid keeps the proportions of a picture that is smaller than its cell', () => {
  const cells = [
    { row: 0, column: 0, image: plain(200, 200, 0) },
    { row: 0, column: 1, image: plain(200, 100, 0) },
  ]
  const grid = drawGrid(cells, { rows: 1, columns: 2 })
  expect(greyAt(grid, 300, 100)).toBe(0)
  expect(greyAt(grid, 300, 20)).toBeCloseTo(0.86)
})

test('a grid writes its labels into the margin', () => {
  const cells = [{ row: 0, column: 0, image: plain(128, 128, 0.5) }]
  const bare = drawGrid(cells, { rows: 1, columns: 1 })
  const labelled = drawGrid(cells, {
    rows: 1,
    columns: 1,
    rowLabels: ['on = 0.3'],
    columnLabels: ['seed = 1'],
  })
  expect(labelled.width).toBeGreaterThan(bare.width)
  expect(labelled.height).toBeGreaterThan(bare.height)
  expect(labelled.data.includes(Math.fround(0.1))).toBe(true)
})

test('text is broken between words, and what is left over ends with …', () => {
  expect(textLines('a cat and a dog on a beach', 60, 1, 3)).toEqual(['a cat and', 'a dog on a', 'beach'])
  expect(textLines('a cat and a dog on a beach', 60, 1, 2)).toEqual(['a cat and', 'a dog on…'])
  expect(textLines('18446744073709551615', 60, 1, 3)).toEqual(['1844674407', '3709551615'])
  expect(textLines('', 60, 1, 3)).toEqual([])
})

test('no line is ever wider than it may be, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 6, max: 300 }),
      fc.integer({ min: 1, max: 3 }),
      (text, width, scale) => {
        const lines = textLines(text, width, scale, 3)
        expect(lines.length).toBeLessThanOrEqual(3)
        expect(textSize(lines, scale).width).toBeLessThanOrEqual(Math.max(width, 5 * scale))
      },
    ),
  )
})

test('writing outside a picture changes nothing around it', () => {
  const image = plain(8, 8, 1)
  writeText(image, ['HHH', 'HHH'], { x: -3, y: -3, scale: 2, ink: 0 })
  writeText(image, ['H'], { x: 100, y: 100, scale: 1, ink: 0 })
  expect(image.data).toHaveLength(8 * 8 * 3)
  expect(image.data.includes(0)).toBe(true)
})

test('every printable letter of ASCII has its own glyph, an accent is left away, others are a frame', () => {
  const letters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  const glyphs = letters.map((letter) => glyphRows(letter).join(' '))
  expect(new Set(glyphs).size).toBe(95)
  expect(glyphRows('é')).toEqual(glyphRows('e'))
  expect(glyphRows('猫')).toEqual([31, 17, 17, 17, 17, 17, 31])
})
