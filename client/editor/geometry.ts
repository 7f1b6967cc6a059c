/**
 * Where everything on a card stands, computed from the document and never measured from the page: so links, culling
 * and hit tests also know the cards that are not mounted. Lengths are in pixels at 100 % zoom.
 */
import type { Catalogue, NodeInfo, ParamInfo } from '#nodes/node-info.ts'
import type { Workflow, WorkflowNode } from '#workflows/format.ts'
import { linksOf, type Point } from '../document/queries.ts'
import { own } from '../document/record.ts'

export const cardWidth = 248
export const headerHeight = 28
export const socketRow = 22
export const widgetRow = 26
export const boxRow = 24
export const sidePad = 8
const gap = 4
const textHeight = 80
const pictureHeight = 112
const messageHeight = 40
const curveHeight = 62
const shownBoxRows = 6
const pictureRatioLimits = [0.5, 2] as const

export interface Span {
  readonly y: number
  readonly height: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** Middle of each socket, from the card's top; parameters that can be linked included. */
  readonly inputs: ReadonlyMap<string, number>
  readonly outputs: ReadonlyMap<string, number>
  readonly params: ReadonlyMap<string, Span>
  readonly value: Span | null
  readonly picture: Span | null
  readonly message: Span | null
  /** Only the header is shown, and all sockets sit on it. */
  readonly collapsed: boolean
}

/** What a card shows beside its ports and parameters. */
export interface Extras {
  /** Width over height of the picture that the node made; null without one. */
  readonly pictureRatio: number | null
  readonly hasValue: boolean
  readonly hasMessage: boolean
  /** Width over height of the canvas that boxes are drawn on. */
  readonly boxesRatio: number
  readonly collapsed: boolean
}

export const noExtras: Extras = {
  pictureRatio: null,
  hasValue: false,
  hasMessage: false,
  boxesRatio: 1,
  collapsed: false,
}

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The card of a node. `usedOutputs` are outputs that links name, so that an unknown node keeps its links. */
export function layoutNode(
  node: WorkflowNode,
  info: NodeInfo | undefined,
  usedOutputs: readonly string[],
  extras: Extras,
): Layout {
  const inputs = new Map<string, number>()
  const outputs = new Map<string, number>()
  let y = headerHeight + gap
  const middle = (index: number) => y + index * socketRow + socketRow / 2
  inputNames(node, info).forEach((name, index) => inputs.set(name, middle(index)))
  outputNames(info, usedOutputs).forEach((name, index) => outputs.set(name, middle(index)))
  y += Math.max(inputs.size, outputs.size) * socketRow
  const params = new Map<string, Span>()
  for (const [name, param] of Object.entries(info?.params ?? {})) {
    const height = paramHeight(node, name, param, extras)
    params.set(name, { y, height })
    if (param.wire) inputs.set(name, y + widgetRow / 2)
    y += height
  }
  const take = (height: number | null): Span | null => {
    if (height === null) return null
    const span = { y, height }
    y += height
    return span
  }
  const value = take(extras.hasValue ? socketRow : null)
  const picture = take(extras.pictureRatio && pictureSpace(extras.pictureRatio))
  const message = take(extras.hasMessage ? messageHeight : null)
  const open = { width: cardWidth, height: y + gap, inputs, outputs, params, value, picture, message }
  return extras.collapsed ? collapsedLayout(open) : { ...open, collapsed: false }
}

function collapsedLayout({ width, inputs, outputs }: Omit<Layout, 'collapsed'>): Layout {
  const onHeader = (ports: ReadonlyMap<string, number>) =>
    new Map([...ports.keys()].map((name) => [name, headerHeight / 2]))
  return {
    width,
    height: headerHeight,
    inputs: onHeader(inputs),
    outputs: onHeader(outputs),
    params: new Map(),
    value: null,
    picture: null,
    message: null,
    collapsed: true,
  }
}

/** Inputs that have a row of their own: the type's, and those that only the file knows. */
export function inputNames(node: WorkflowNode, info: NodeInfo | undefined): string[] {
  const known = Object.keys(info?.inputs ?? {})
  const linkable = (name: string) => own(info?.params, name)?.wire
  const strange = Object.keys(node.inputs ?? {}).filter((name) => !known.includes(name) && !linkable(name))
  return [...known, ...strange]
}

export function outputNames(info: NodeInfo | undefined, used: readonly string[]): string[] {
  const known = Object.keys(info?.outputs ?? {})
  return [...known, ...used.filter((name) => !known.includes(name))]
}

function paramHeight(node: WorkflowNode, name: string, param: ParamInfo, extras: Extras): number {
  if (own(node.inputs, name) !== undefined) return widgetRow
  if (param.widget === 'text' && param.multiline) return textHeight
  if (param.widget === 'picture') return pictureHeight
  if (param.widget === 'boxes' || param.widget === 'keypoints')
    return boxesHeight(node, name, param, extras.boxesRatio)
  if (param.stage === 'on') return widgetRow + curveHeight
  return widgetRow
}

function boxesHeight(node: WorkflowNode, name: string, param: ParamInfo, ratio: number): number {
  const value = own(node.values, name) ?? param.default
  const count = Array.isArray(value) ? value.length : 0
  const rows = Math.min(count, shownBoxRows) * boxRow
  return canvasHeight(ratio) + gap * 2 + rows + widgetRow
}

/** Height of a canvas over the card's width. */
export function canvasHeight(ratio: number): number {
  const [least, most] = pictureRatioLimits
  return Math.round((cardWidth - 2 * sidePad) / Math.min(Math.max(ratio, least), most))
}

function pictureSpace(ratio: number): number {
  return canvasHeight(ratio) + gap
}

/** Outputs that links name, by node. */
export function usedOutputs(nodes: Workflow['nodes']): Map<string, string[]> {
  const used = new Map<string, string[]>()
  for (const { from } of linksOf({ nodes })) {
    const names = used.get(from.node) ?? []
    if (!names.includes(from.port)) used.set(from.node, [...names, from.port])
  }
  return used
}

export function sizeOfNode(document: Workflow, catalogue: Catalogue, id: string) {
  const node = own(document.nodes, id)
  const info = node && own(catalogue, node.type)
  return layoutNode(node ?? { type: '' }, info, usedOutputs(document.nodes).get(id) ?? [], noExtras)
}

export function boundsOf(rects: readonly Rect[]): Rect | null {
  if (rects.length === 0) return null
  const x = Math.min(...rects.map((rect) => rect.x))
  const y = Math.min(...rects.map((rect) => rect.y))
  const right = Math.max(...rects.map((rect) => rect.x + rect.width))
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height))
  return { x, y, width: right - x, height: bottom - y }
}

export function grown({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by }
}

export function encloses(outer: Rect, inner: Rect): boolean {
  return contains(outer, inner) && contains(outer, { x: inner.x + inner.width, y: inner.y + inner.height })
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

export function contains(rect: Rect, { x, y }: Point): boolean {
  return x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height
}

/** The rectangle between two corners, in any order. */
export function rectBetween(a: Point, b: Point): Rect {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  }
}

export interface Transform extends Point {
  /** Zoom: 1 = 100 %. */
  readonly k: number
}

export function toGraph(transform: Transform, point: Point): Point {
  return { x: (point.x - transform.x) / transform.k, y: (point.y - transform.y) / transform.k }
}

export function toScreen(transform: Transform, point: Point): Point {
  return { x: point.x * transform.k + transform.x, y: point.y * transform.k + transform.y }
}

/** The transform that shows all of `bounds` in a viewport, at 100 % at most. */
export function fitTransform(bounds: Rect, width: number, height: number, pad = 36): Transform {
  const k = Math.min((width - 2 * pad) / bounds.width, (height - 2 * pad) / bounds.height, 1)
  const zoom = Math.max(k, 0.05)
  return {
    k: zoom,
    x: (width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: (height - bounds.height * zoom) / 2 - bounds.y * zoom,
  }
}

/** The same for rectangles, so that none of them comes under what lies in the lower left corner of the viewport. */
export function fitBeside(
  rects: readonly Rect[],
  width: number,
  height: number,
  corner: Rect | null,
): Transform {
  const bounds = boundsOf(rects) ?? { x: 0, y: 0, width: 1, height: 1 }
  const whole = fitTransform(bounds, width, height)
  if (!corner || !rects.some((rect) => overlaps(onScreen(whole, rect), corner))) return whole
  const right = corner.x + corner.width
  const beside = fitTransform(bounds, width - right, height)
  const above = fitTransform(bounds, width, corner.y)
  return beside.k > above.k ? { ...beside, x: beside.x + right } : above
}

function onScreen(transform: Transform, { x, y, width, height }: Rect): Rect {
  return { ...toScreen(transform, { x, y }), width: width * transform.k, height: height * transform.k }
}
