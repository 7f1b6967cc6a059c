/** What a measurement gives: a titled table, or why there is none. */
import type { Studio } from './studio.ts'

export type Row = Readonly<Record<string, string | number | null>>

export interface Section {
  readonly title: string
  readonly rows: readonly Row[]
  /** Why there are none. */
  readonly skipped?: string
}

export type Measure = (studio: Studio) => Promise<Section>

export function skip(title: string, why: string): Section {
  return { title, rows: [], skipped: why }
}

export function meanRow(name: string, values: readonly number[]): Row {
  const middle = mean(values)
  if (middle === null) return { [name]: null, '±': null }
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length
  return { [name]: middle, '±': 1.96 * Math.sqrt(variance / values.length) }
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
