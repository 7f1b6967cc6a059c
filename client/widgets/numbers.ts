/** Numbers as a field shows, steps and reads them. */
import type { ParamInfo } from '#nodes/node-info.ts'

export type NumberRange = Pick<ParamInfo, 'widget' | 'min' | 'max' | 'step'>

/** The step of one click or key press. */
export function stepOf({ widget, step, min, max }: NumberRange): number {
  if (step) return step
  if (widget === 'int') return 1
  if (min !== undefined && max !== undefined && max - min > 20) return 0.1
  return 0.01
}

/** The nearest allowed number: inside the range, and whole where only whole ones are allowed. */
export function settle(value: number, range: NumberRange): number {
  const whole = range.widget === 'int' ? Math.round(value) : value
  return Math.min(Math.max(whole, range.min ?? -Infinity), range.max ?? Infinity)
}

/** The nearest multiple of the step, counted from the lower end. */
export function snap(value: number, range: NumberRange, fine = false): number {
  const step = range.widget === 'int' ? Math.max(1, stepOf(range)) : stepOf(range) * (fine ? 0.1 : 1)
  const from = range.min ?? 0
  return settle(tidy(from + Math.round((value - from) / step) * step), range)
}

/** The number moved by a scrub of `pixels` in a field `width` pixels wide: across it lies the whole range. */
export function scrub(
  start: number,
  pixels: number,
  width: number,
  range: NumberRange,
  fine: boolean,
): number {
  const hasEnds = range.min !== undefined && range.max !== undefined
  const perPixel = hasEnds ? ((range.max ?? 0) - (range.min ?? 0)) / width : stepOf(range) / 4
  return snap(start + pixels * perPixel * (fine ? 0.1 : 1), range, fine)
}

/** What a person typed, in range; null when it is no number. */
export function readNumber(text: string, range: NumberRange): number | null {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() === '' || !Number.isFinite(value) ? null : settle(value, range)
}

export function showNumber(value: number, range: NumberRange): string {
  if (range.widget === 'int') return String(value)
  const digits = Math.min(4, Math.max(2, (String(tidy(value)).split('.')[1] ?? '').length))
  return value.toFixed(digits)
}

/** How much of the field is filled, 0..1; null where the range has no two ends. */
export function fillOf(value: number, { min, max }: NumberRange): number | null {
  if (min === undefined || max === undefined || max <= min) return null
  return Math.min(Math.max((value - min) / (max - min), 0), 1)
}

/** Without the dust of binary fractions: 0.30000000000000004 is 0.3. */
export function tidy(value: number): number {
  return Number(value.toFixed(6))
}
