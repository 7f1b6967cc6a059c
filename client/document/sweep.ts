/** Sweeps: which parameters can be swept, the values of an axis, and which picture belongs to which combination. */
import type { Catalogue, ParamInfo } from '#nodes/node-info.ts'
import { parseSource, type Workflow } from '#workflows/format.ts'
import { limits } from '#workflows/limits.ts'
import type { Draft } from './change.ts'
import { readSeed } from './read-seed.ts'
import { own, type Json } from './record.ts'

export interface Axis {
  /** `node.param`. */
  readonly at: string
  readonly values: readonly Json[]
}

export interface SweptParam {
  readonly at: string
  readonly info: ParamInfo
  readonly title: string
}

const sweepable = new Set(['int', 'float', 'text', 'bool', 'choice', 'seed'])

/** The axes of a workflow's sweep; none where it has no sweep. */
export function axesOf(document: Workflow): readonly Axis[] {
  return document.sweep?.axes ?? []
}

/** Every parameter that stands in the file as one plain value, of the nodes that run. */
export function sweptParams(document: Workflow, catalogue: Catalogue): SweptParam[] {
  const titleOf = axisTitles(document, catalogue)
  const running = Object.entries(document.nodes).filter(([, { mode }]) => mode === undefined)
  return running.flatMap(([id, node]) =>
    Object.entries(own(catalogue, node.type)?.params ?? {})
      .filter(([name, info]) => sweepable.has(info.widget) && own(node.inputs, name) === undefined)
      .map(([name, info]) => {
        const at = `${id}.${name}`
        return { at, info, title: titleOf(at) }
      }),
  )
}

/** Says of a parameter `GatedUNetStep · Guidance`, with the node's id where another has the same title. */
export function axisTitles(document: Workflow, catalogue: Catalogue): (at: string) => string {
  const infoOf = (id: string) => own(catalogue, own(document.nodes, id)?.type ?? '')
  const titleOf = (id: string) => own(document.nodes, id)?.title ?? infoOf(id)?.title ?? id
  const titles = Object.keys(document.nodes).map(titleOf)
  const twice = new Set(titles.filter((title, index) => titles.indexOf(title) !== index))
  return (at) => {
    const { node: id, output: param } = parseSource(at)
    const title = titleOf(id)
    const name = twice.has(title) ? `${title} (${id})` : title
    return `${name} · ${own(infoOf(id)?.params, param)?.title ?? param}`
  }
}

/** Evenly spaced numbers from one end to the other, both included, no more than a sweep may have; whole where the parameter wants it. */
export function range(from: number, to: number, count: number, whole: boolean): number[] {
  const length = Math.min(Math.max(count, 0), limits.cells)
  const step = length > 1 ? (to - from) / (length - 1) : 0
  const values = Array.from({ length }, (_, index) => from + index * step)
  return [...new Set(values.map((value) => (whole ? Math.round(value) : Number(value.toPrecision(6)))))]
}

/**
 * Reads values that a person lists, separated by commas or lines (texts by an empty line). Null where one does not suit.
 */
export function readList(text: string, info: ParamInfo): Json[] | null {
  const parts = text
    .split(info.widget === 'text' ? /\n\s*\n/ : /[\n,，]/)
    .map((part) => part.trim())
    .filter(Boolean)
  const values = parts.map((part) => readOne(part, info))
  return values.includes(undefined) ? null : (values as Json[])
}

/** What the file says, and what people say, in any language of the page. */
const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['是', true],
  ['false', false],
  ['no', false],
  ['否', false],
])

function readOne(text: string, info: ParamInfo): Json | undefined {
  if (info.widget === 'text') return text
  if (info.widget === 'choice') return info.choices?.includes(text) ? text : undefined
  if (info.widget === 'bool') return truths.get(text.toLowerCase())
  if (info.widget === 'seed') return readSeed(text) ?? undefined
  const number = Number(text)
  const fits = number >= (info.min ?? -Infinity) && number <= (info.max ?? Infinity)
  return fits && (info.widget === 'float' || Number.isInteger(number)) ? number : undefined
}

export function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Writes the sweep into the workflow; none takes it out. */
export function setSweep(draft: Draft, axes: readonly Axis[]): void {
  if (axes.length === 0) draft.drop(['sweep'])
  else draft.put(['sweep'], { axes })
}

/** The last picture of each combination, by its places on the axes: `2,0`. */
export function cellsOf<T extends { readonly cell: readonly number[] | null }>(
  outputs: readonly T[],
): ReadonlyMap<string, T> {
  return new Map(outputs.flatMap((output) => (output.cell ? [[output.cell.join(','), output] as const] : [])))
}
