/** One colour per box. */
const boxColours = [
  '#ff8a5c',
  '#4cc3ff',
  '#b6e04b',
  '#e98bff',
  '#ffd24a',
  '#49e0b5',
  '#ff7aa8',
  '#9aa5ff',
] as const

/** The colour of the `index`th box, the same on the canvas, in the list and over the result. */
export function boxColour(index: number): string {
  return boxColours[index % boxColours.length] ?? boxColours[0]
}
