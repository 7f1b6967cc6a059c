/** Numbers that are typed as text into a small field of a list. */
import { rounded } from './box-geometry.ts'

/** The number in a field after it changed; null where it is none, and the field shows the old one again. */
export function typedNumber(event: Event, old: number): number | null {
  const input = event.target as HTMLInputElement
  const value = Number(input.value.replace(',', '.'))
  if (input.value.trim() !== '' && Number.isFinite(value)) return rounded(value)
  input.value = String(old)
  return null
}

/** The number after an arrow up or down: a pixel of the picture, with Shift ten. Null for another key. */
export function steppedNumber(event: KeyboardEvent, old: number, pixels: number): number | null {
  const way = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
  if (!way) return null
  event.preventDefault()
  return rounded(old + (way * (event.shiftKey ? 10 : 1)) / pixels)
}

export function textOf(event: Event): string {
  return (event.target as HTMLInputElement).value
}
