/** What a measurement gives: a titled table, or why there is none. */
import { marginOf } from './margin.ts'
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

/** @param values what was measured of each picture, which may be nothing */
export function meanRow(name: string, values: readonly (readonly number[])[]): Row {
  const some = values.filter((own) => own.length > 0)
  return { [name]: mean(some.flat()), '±': marginOf(some, (sample) => mean(sample.flat()) ?? 0) }
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
