/** One colour per box and per figure. */
import type { EditingMarks } from '#nodes/editing-marks.ts'

const colours = [
  '#ff8a5c',
  '#4cc3ff',
  '#b6e04b',
  '#e98bff',
  '#ffd24a',
  '#49e0b5',
  '#ff7aa8',
  '#9aa5ff',
] as const

const pattern = /^#[0-9a-f]{6}$/i

/** The colour of the `index`th thing, the same on the canvas, in the list and over the result. */
export function colourOf(thing: EditingMarks | undefined, index: number): string {
  if (typeof thing?.colour === 'string' && pattern.test(thing.colour)) return thing.colour
  return colours[index % colours.length] ?? colours[0]
}

/** Dark or white, whichever is read more easily on a colour. */
export function inkOn(colour: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255))
  const luminance = 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0)
  return luminance > 0.18 ? '#14161b' : '#ffffff'
}

/** sRGB to light, as WCAG 2.2 defines relative luminance. */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
}
