/** Lays pictures out in rows and columns, with a label for each. */
import { textLines, textSize, writeText } from './draw-text.ts'
import type { Image } from './values.ts'

export interface GridCell {
  /** 0-based. */
  readonly row: number
  readonly column: number
  readonly image: Image
  /** Stands above the picture. */
  readonly label?: string
}

export interface GridForm {
  readonly rows: number
  readonly columns: number
  /** Stand beside each row and above each column. */
  readonly rowLabels?: readonly string[]
  readonly columnLabels?: readonly string[]
}

/** Sides of the whole in pixels: pictures are made smaller until it fits. */
const largestGrid = 4096
/** Small pictures are enlarged, whole pixels only, so that a label fits above them. */
const smallestCell = 128

const paper = 0.96
const ink = 0.1
const blank = 0.86

/** Pictures keep their proportions; a cell without one stays grey. */
export function drawGrid(cells: readonly GridCell[], form: GridForm): Image {
  const { side, scale, gap, left, top, width, height, caption, above, beside, captions } = layOut(cells, form)
  const grid: Image = { width, height, data: new Float32Array(width * height * 3).fill(paper) }
  const xOf = (column: number) => left + column * (side.width + gap)
  const yOf = (row: number) => top + row * (caption + side.height + gap) + caption
  for (let row = 0; row < form.rows; row++)
    for (let column = 0; column < form.columns; column++)
      paste(grid, plain(side.width, side.height), xOf(column), yOf(row))
  for (const [index, { row, column, image }] of cells.entries()) {
    const fitted = fit(image, side)
    const x = xOf(column) + Math.floor((side.width - fitted.width) / 2)
    paste(grid, fitted, x, yOf(row) + Math.floor((side.height - fitted.height) / 2))
    writeText(grid, captions[index] ?? [], { x: xOf(column), y: yOf(row) - caption, scale, ink })
  }
  for (const [column, lines] of above.entries())
    writeText(grid, lines, { x: xOf(column), y: gap, scale, ink })
  for (const [row, lines] of beside.entries()) writeText(grid, lines, { x: gap, y: yOf(row), scale, ink })
  return grid
}

/** A picture no larger than a grid of that form can show it: of many, no more has to be held. */
export function reduceForGrid(image: Image, form: GridForm): Image {
  const factor = largestCell(form) / Math.max(image.width, image.height)
  return factor < 1 ? fit(image, scaled(image, factor)) : image
}

type Layout = ReturnType<typeof layOutAt>

/** With cells as large as they may be. */
function layOut(cells: readonly GridCell[], form: GridForm): Layout {
  let layout = layOutAt(cellSide(cells, form), cells, form)
  for (;;) {
    const { side, width, height } = layout
    const factor = largestGrid / Math.max(width, height)
    if (factor >= 1 || Math.max(side.width, side.height) === 1) return layout
    layout = layOutAt(scaled(side, factor), cells, form)
  }
}

function layOutAt(side: Size, cells: readonly GridCell[], form: GridForm) {
  const { rows, columns, rowLabels = [], columnLabels = [] } = form
  const scale = Math.max(1, Math.min(3, Math.round(Math.min(side.width, side.height) / 128)))
  const gap = 4 * scale
  const linesOf = (label: string, most: number) => textLines(label, Math.max(side.width, 32), scale, most)
  const above = columnLabels.map((label) => linesOf(label, 3))
  const beside = rowLabels.map((label) => linesOf(label, 6))
  const captions = cells.map(({ label = '' }) => linesOf(label, 3))
  const sizeOf = (lines: readonly (readonly string[])[], key: 'width' | 'height') =>
    withGap(Math.max(0, ...lines.map((text) => textSize(text, scale)[key])), gap)
  const left = gap + sizeOf(beside, 'width')
  const top = gap + sizeOf(above, 'height')
  const caption = sizeOf(captions, 'height')
  const width = left + columns * (side.width + gap)
  const height = top + rows * (caption + side.height + gap)
  return { side, scale, gap, left, top, width, height, caption, above, beside, captions }
}

function withGap(size: number, gap: number): number {
  return size === 0 ? 0 : size + gap
}

interface Size {
  readonly width: number
  readonly height: number
}

/** Longest side of a cell, as far as gaps and labels leave it. */
function largestCell({ rows, columns }: GridForm): number {
  return Math.floor(largestGrid / Math.max(rows, columns))
}

function cellSide(cells: readonly GridCell[], form: GridForm): Size {
  const width = Math.max(1, ...cells.map(({ image }) => image.width))
  const height = Math.max(1, ...cells.map(({ image }) => image.height))
  const longest = Math.max(width, height)
  const most = largestCell(form) / longest
  const enlarged = Math.max(1, Math.min(Math.ceil(smallestCell / longest), Math.floor(most)))
  return scaled({ width, height }, Math.min(enlarged, most))
}

function scaled({ width, height }: Size, factor: number): Size {
  return { width: Math.max(1, Math.floor(width * factor)), height: Math.max(1, Math.floor(height * factor)) }
}

/** As large as fits into a cell: smaller by averaging, larger by whole pixels. */
function fit(image: Image, side: Size): Image {
  const factor = Math.min(side.width / image.width, side.height / image.height)
  const whole = factor >= 1 ? Math.floor(factor) : factor
  if (whole === 1) return image
  const width = Math.max(1, Math.round(image.width * whole))
  const height = Math.max(1, Math.round(image.height * whole))
  const columns = Array.from({ length: width }, (_, x) => touched(x, whole, image.width))
  const data = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const down = touched(y, whole, image.height)
    for (const [x, across] of columns.entries()) writeMean(image, across, down, data, (y * width + x) * 3)
  }
  return { width, height, data }
}

interface Span {
  readonly from: number
  readonly to: number
}

/** The pixels that one of another size lies on. */
function touched(at: number, factor: number, size: number): Span {
  return { from: Math.floor(at / factor), to: Math.min(size, Math.ceil((at + 1) / factor - 1e-9)) }
}

function writeMean({ width, data }: Image, across: Span, down: Span, to: Float32Array, at: number): void {
  let red = 0
  let green = 0
  let blue = 0
  for (let y = down.from; y < down.to; y++)
    for (let from = (y * width + across.from) * 3; from < (y * width + across.to) * 3; from += 3) {
      red += data[from] ?? 0
      green += data[from + 1] ?? 0
      blue += data[from + 2] ?? 0
    }
  const count = Math.max(1, (across.to - across.from) * (down.to - down.from))
  to[at] = red / count
  to[at + 1] = green / count
  to[at + 2] = blue / count
}

function plain(width: number, height: number): Image {
  return { width, height, data: new Float32Array(width * height * 3).fill(blank) }
}

function paste(grid: Image, { width, height, data }: Image, left: number, top: number): void {
  for (let y = 0; y < height; y++)
    grid.data.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * grid.width + left) * 3)
}
