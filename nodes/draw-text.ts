/** Writes small text onto a picture that is being made. */
import { glyphHeight, glyphRows, glyphWidth } from './glyphs.ts'
import type { Image } from './values.ts'

/** With the gap to the next letter and the next line, in dots. */
const letterPitch = glyphWidth + 1
const linePitch = glyphHeight + 2

/**
 * The lines of a text, none wider than so many pixels, broken between words where that is possible; what does not fit
 * into `most` lines ends with `…`.
 *
 * @param scale side of a dot in pixels.
 */
export function textLines(text: string, width: number, scale: number, most: number): string[] {
  const fits = Math.max(1, Math.floor((width + scale) / (letterPitch * scale)))
  const lines: string[] = []
  let line = ''
  for (const word of piecesOf(text, fits)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (lengthOf(longer) <= fits) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  if (line !== '') lines.push(line)
  if (lines.length <= most) return lines
  const last = [...(lines[most - 1] ?? '')]
    .slice(0, fits - 1)
    .join('')
    .trimEnd()
  return [...lines.slice(0, most - 1), `${last}…`]
}

/** Words; one that is longer than a line in parts. */
function piecesOf(text: string, fits: number): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '')
  return words.flatMap((word) => {
    const letters = [...word]
    const count = Math.ceil(letters.length / fits)
    return Array.from({ length: count }, (_, i) => letters.slice(i * fits, (i + 1) * fits).join(''))
  })
}

function lengthOf(text: string): number {
  return [...text].length
}

/** In pixels. */
export function textSize(lines: readonly string[], scale: number): { width: number; height: number } {
  const longest = Math.max(0, ...lines.map(lengthOf))
  return {
    width: Math.max(0, longest * letterPitch - 1) * scale,
    height: Math.max(0, lines.length * linePitch - 2) * scale,
  }
}

export interface TextPlace {
  /** Left and top of the text, in pixels. */
  readonly x: number
  readonly y: number
  readonly scale: number
  /** Grey of the letters, 0..1. */
  readonly ink: number
}

/** Writes into the picture itself: only for one that nobody else has seen yet. */
export function writeText(image: Image, lines: readonly string[], { x, y, scale, ink }: TextPlace): void {
  for (const [row, line] of lines.entries())
    for (const [column, letter] of [...line].entries())
      for (const [dotY, bits] of glyphRows(letter).entries())
        for (let dotX = 0; dotX < glyphWidth; dotX++)
          if ((bits >> (glyphWidth - 1 - dotX)) & 1)
            fillSquare(
              image,
              x + (column * letterPitch + dotX) * scale,
              y + (row * linePitch + dotY) * scale,
              scale,
              ink,
            )
}

function fillSquare(
  { width, height, data }: Image,
  left: number,
  top: number,
  side: number,
  ink: number,
): void {
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    const from = (y * width + Math.max(0, left)) * 3
    data.fill(ink, from, Math.max(from, (y * width + Math.min(width, left + side)) * 3))
  }
}
