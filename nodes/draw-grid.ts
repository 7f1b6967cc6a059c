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
  const { rows, columns, rowLabels = [], columnLabels = [] } = form
  const side = cellSide(cells, Math.max(rows, columns))
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
  const grid: Image = { width, height, data: new Float32Array(width * height * 3).fill(paper) }
  const xOf = (column: number) => left + column * (side.width + gap)
  const yOf = (row: number) => top + row * (caption + side.height + gap) + caption
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
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

function withGap(size: number, gap: number): number {
  return size === 0 ? 0 : size + gap
}

interface Size {
  readonly width: number
  readonly height: number
}

function cellSide(cells: readonly GridCell[], most: number): Size {
  const width = Math.max(1, ...cells.map(({ image }) => image.width))
  const height = Math.max(1, ...cells.map(({ image }) => image.height))
  const limit = Math.max(32, Math.floor(largestGrid / most))
  const longest = Math.max(width, height)
  if (longest <= limit && longest >= smallestCell) return { width, height }
  if (longest < smallestCell) {
    const factor = Math.max(1, Math.min(Math.ceil(smallestCell / longest), Math.floor(limit / longest)))
    return { width: width * factor, height: height * factor }
  }
  const factor = limit / longest
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}

/** As large as fits into a cell: smaller by averaging, larger by whole pixels. */
function fit(image: Image, side: Size): Image {
  const factor = Math.min(side.width / image.width, side.height / image.height)
  const whole = factor >= 1 ? Math.floor(factor) : factor
  if (whole === 1) return image
  const width = Math.max(1, Math.round(image.width * whole))
  const height = Math.max(1, Math.round(image.height * whole))
  const data = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const area = { x0: x / whole, y0: y / whole, x1: (x + 1) / whole, y1: (y + 1) / whole }
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = mean(image, area, c)
    }
  return { width, height, data }
}

interface Area {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

/** The mean of one channel over the pixels that an area touches. */
function mean({ width, height, data }: Image, { x0, y0, x1, y1 }: Area, channel: number): number {
  let sum = 0
  let count = 0
  for (let y = Math.floor(y0); y < Math.min(height, Math.ceil(y1 - 1e-9)); y++)
    for (let x = Math.floor(x0); x < Math.min(width, Math.ceil(x1 - 1e-9)); x++) {
      sum += data[(y * width + x) * 3 + channel] ?? 0
      count++
    }
  return count > 0 ? sum / count : 0
}

function plain(width: number, height: number): Image {
  return { width, height, data: new Float32Array(width * height * 3).fill(blank) }
}

function paste(grid: Image, { width, height, data }: Image, left: number, top: number): void {
  for (let y = 0; y < height; y++)
    grid.data.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * grid.width + left) * 3)
}
