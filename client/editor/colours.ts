/** Colours that the canvas needs as values; the page's own colours are CSS variables in styles.css. */
import type { WireType } from '#nodes/wire-types.ts'
import type { ViewColour } from '#workflows/format.ts'

const wireColours: Record<WireType, string> = {
  Model: '#a78bda',
  Conditioning: '#e0a458',
  Grounding: '#ef7b6c',
  Boxes: '#f2b8a0',
  Keypoints: '#d98fb5',
  Latent: '#dd6fb1',
  Image: '#5fa8e8',
  Mask: '#8bb8c9',
  Step: '#53c39a',
  Text: '#c9cf6b',
  Int: '#7f8cf0',
  Float: '#9aa7b8',
  Bool: '#b98f6a',
  Any: '#aeb4bd',
}

export const unknownColour = '#e5484d'

export function wireColour(type: WireType | undefined): string {
  return type ? wireColours[type] : unknownColour
}

/** The ring of a socket: the colour of its wire, dark or light enough to be seen on the card of either theme. */
export function ringColour(type: WireType | undefined): string {
  return `color-mix(in srgb, ${wireColour(type)} 60%, var(--text))`
}

const groupColours = ['#8f7ad1', '#d09a55', '#d96c5f', '#4aa987', '#5894cf', '#c0629d', '#98a05a', '#7d8794']
const knownGroups = ['model', 'text', 'grounding', 'sampling', 'image', 'latent', 'constant', 'vae']

/** The accent of a group of nodes: the folder that their files stand in. */
export function groupColour(type: string): string {
  const group = type.slice(0, type.indexOf('/'))
  const known = knownGroups.indexOf(group)
  const index = known >= 0 ? known : [...group].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return groupColours[index % groupColours.length] ?? unknownColour
}

const viewColourValues: Record<ViewColour, string> = {
  red: '#d9534f',
  orange: '#dd8a3e',
  yellow: '#c9a93a',
  green: '#5da95a',
  teal: '#3fa3a0',
  blue: '#4f8fd9',
  violet: '#9070cf',
  grey: '#7d8794',
}

/** A colour that a person chose for something in the graph. */
export const viewColour = (colour: ViewColour): string => viewColourValues[colour]

/** The accent of a node: its own colour, or that of its group. */
export function nodeColour(type: string, own: ViewColour | undefined): string {
  return own ? viewColour(own) : groupColour(type)
}

export function frameColour(own: ViewColour | undefined, light: boolean): string {
  return own ? viewColour(own) : light ? '#3c465a' : '#c8d2e6'
}
