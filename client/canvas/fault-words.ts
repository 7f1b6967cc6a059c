/** What is wrong with a box or a figure, in the language of the page. */
import { boxFaults, type BoxFault } from '#nodes/boxes.ts'
import { keypointFaults, keypointNames, type KeypointFault } from '#nodes/keypoints.ts'
import { readBoxes } from './box-geometry.ts'
import type { BoxWarning } from './box-warnings.ts'
import type { DrawnWidget } from './drawn-param.ts'
import { readFigures } from './figure-geometry.ts'

export type Translate = (key: string, values: Record<string, unknown>) => string

/** A sentence beside a box or a figure. A warning may run, a fault may not. */
export interface Remark {
  readonly index: number
  readonly kind: 'fault' | 'warning'
  readonly text: string
}

const sides: Readonly<Record<string, string>> = { width: 'canvas.width', height: 'canvas.height' }

function inWords(t: Translate, about: Readonly<Record<string, string | number>>): Record<string, unknown> {
  const side = sides[String(about['side'])]
  return { ...about, ...(side !== undefined && { side: t(side, {}) }) }
}

export function boxRemarks(
  t: Translate,
  faults: readonly BoxFault[],
  warnings: readonly BoxWarning[],
): Remark[] {
  const say = ({ index, code, about }: BoxFault | BoxWarning) =>
    t(`boxRemarks.${code}`, { number: index + 1, ...inWords(t, about) })
  return [
    ...faults.map((fault) => ({ index: fault.index, kind: 'fault' as const, text: say(fault) })),
    ...warnings.map((warning) => ({ index: warning.index, kind: 'warning' as const, text: say(warning) })),
  ]
}

export function figureRemarks(t: Translate, faults: readonly KeypointFault[]): Remark[] {
  return faults.map(({ figure, point, code, about }) => ({
    index: figure,
    kind: 'fault',
    text: t(`figureRemarks.${code}`, {
      number: figure + 1,
      ...about,
      ...(point !== null && { point: pointName(t, point) }),
    }),
  }))
}

export function pointName(t: Translate, point: number): string {
  return t(`points.${(keypointNames[point] ?? '').replaceAll(' ', '-')}`, {})
}

/** The one to be read: of what is selected, or else the first. */
export function remarkToRead(remarks: readonly Remark[], selected: number | null): Remark | undefined {
  return remarks.find(({ index }) => index === selected) ?? remarks[0]
}

/** The remarks of each box, faults first. */
export function byIndex(remarks: readonly Remark[]): ReadonlyMap<number, readonly Remark[]> {
  const groups = new Map<number, Remark[]>()
  for (const remark of remarks) groups.set(remark.index, [...(groups.get(remark.index) ?? []), remark])
  return groups
}

/**
 * What the server found wrong in something drawn, as its canvas says it: by the rule whose sentence is within the
 * server's. Undefined where there is none.
 */
export function drawnFaultText(
  t: Translate,
  widget: DrawnWidget,
  value: unknown,
  message: string,
): string | undefined {
  const isMeant = (fault: { readonly message: string }) => message.includes(fault.message)
  const remarks =
    widget === 'boxes'
      ? boxRemarks(t, boxFaults(readBoxes(value)).filter(isMeant), [])
      : figureRemarks(t, keypointFaults(readFigures(value)).filter(isMeant))
  return remarks[0]?.text
}
