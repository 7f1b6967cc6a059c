/** Draws everything under the cards on one canvas: frames, loop regions, links; and the cards themselves from afar. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import { linkKey } from '../document/items.ts'
import { infoOf, type LoopRegion } from '../document/queries.ts'
import { own } from '../document/record.ts'
import { frameColour, nodeColour, unknownColour, viewColour } from './colours.ts'
import { boundsOf, grown, headerHeight, overlaps, toGraph, type Rect, type Transform } from './geometry.ts'
import { rectOf, type Layouts } from './layouts.ts'
import { traceCurves } from './link-path.ts'
import type { ShownLink } from './links.ts'

export interface Scene {
  readonly document: Workflow
  readonly catalogue: Catalogue
  readonly layouts: Layouts
  readonly transform: Transform
  readonly selected: ReadonlySet<string>
  readonly regions: readonly LoopRegion[]
  readonly links: readonly ShownLink[]
  /** Keys of the links that a drag has taken off a socket. */
  readonly hidden: ReadonlySet<string>
  /** Keys of the links that a gesture is about to act on. */
  readonly marked: ReadonlySet<string>
  /** Nodes that do not run: muted or bypassed. */
  readonly idle: ReadonlySet<string>
  /** Whether cards are drawn here, as coloured boxes, because the page's own are too small to read. */
  readonly far: boolean
  readonly light: boolean
}

export const regionPad = 26
export const framePad = 18

/** Draws the scene on a canvas of `width` × `height` CSS pixels. */
export function drawScene(canvas: HTMLCanvasElement, width: number, height: number, scene: Scene): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const dots = window.devicePixelRatio || 1
  if (canvas.width !== Math.round(width * dots) || canvas.height !== Math.round(height * dots)) {
    canvas.width = Math.round(width * dots)
    canvas.height = Math.round(height * dots)
  }
  context.setTransform(dots, 0, 0, dots, 0, 0)
  context.clearRect(0, 0, width, height)
  drawDots(context, width, height, scene)
  const { x, y, k } = scene.transform
  context.setTransform(dots * k, 0, 0, dots * k, dots * x, dots * y)
  const corner = toGraph(scene.transform, { x: 0, y: 0 })
  const seen: Rect = { ...corner, width: width / k, height: height / k }
  for (const rect of regionRects(scene)) drawRegion(context, rect, scene)
  frameRects(scene).forEach((rect, index) => drawFrame(context, rect, scene, index))
  drawLinks(context, scene, seen)
  if (scene.far) drawFarCards(context, scene, seen)
}

/**
 * The dots of the ground, 20 to 40 pixels apart. As a background of the page they would be drawn anew with every frame of
 * a pan, tile by tile: in software that alone takes longer than a frame.
 */
function drawDots(context: CanvasRenderingContext2D, width: number, height: number, scene: Scene): void {
  const { x, y, k } = scene.transform
  const apart = dotsApart(k)
  const first = (from: number) => ((from % apart) + apart) % apart
  context.fillStyle = scene.light ? '#cdd2da' : '#2a2e37'
  for (let left = first(x); left < width; left += apart)
    for (let top = first(y); top < height; top += apart)
      context.fillRect(Math.round(left) - 1, Math.round(top) - 1, 2, 2)
}

/** Pixels of the screen between two dots, which are 24 pixels of the graph apart, or twice as many until there is room. */
function dotsApart(k: number): number {
  return 24 * k * 2 ** Math.ceil(Math.log2(20 / (24 * k)))
}

/** Around each loop, in the order of the scene's regions; null where nothing of it is on the canvas. */
export function regionRects({ document, layouts, regions }: Pick<Scene, 'document' | 'layouts' | 'regions'>) {
  return regions.map(({ nodes }) => around(document, layouts, nodes, regionPad))
}

/** Around each frame that the file names. */
export function frameRects({ document, layouts }: Pick<Scene, 'document' | 'layouts'>) {
  return (document.view?.frames ?? []).map(({ nodes }) => around(document, layouts, nodes, framePad))
}

function around(document: Workflow, layouts: Layouts, nodes: readonly string[], pad: number): Rect | null {
  const known = nodes.filter((id) => layouts.has(id))
  const bounds = boundsOf(known.map((id) => rectOf(document, layouts, id)))
  return bounds && grown(bounds, pad)
}

function drawRegion(context: CanvasRenderingContext2D, rect: Rect | null, { transform, light }: Scene): void {
  if (!rect) return
  roundRect(context, rect, 14)
  context.fillStyle = light ? 'rgba(30, 140, 105, 0.09)' : 'rgba(83, 195, 154, 0.075)'
  context.fill()
  context.strokeStyle = light ? 'rgba(30, 140, 105, 0.5)' : 'rgba(83, 195, 154, 0.42)'
  context.lineWidth = 1.25 / Math.min(transform.k, 1)
  context.setLineDash([7, 5])
  context.stroke()
  context.setLineDash([])
}

function drawFrame(context: CanvasRenderingContext2D, rect: Rect | null, scene: Scene, index: number): void {
  if (!rect) return
  const colour = frameColour(scene.document.view?.frames?.[index]?.colour, scene.light)
  roundRect(context, rect, 10)
  context.fillStyle = colour
  context.globalAlpha = scene.light ? 0.1 : 0.08
  context.fill()
  context.globalAlpha = scene.light ? 0.6 : 0.5
  context.strokeStyle = colour
  context.lineWidth = 1 / Math.min(scene.transform.k, 1)
  context.stroke()
  context.globalAlpha = 1
}

function drawLinks(context: CanvasRenderingContext2D, scene: Scene, seen: Rect): void {
  const { selected, hidden, transform, light } = scene
  context.lineCap = 'round'
  const thin = Math.max(1, 0.7 / transform.k)
  for (const link of scene.links) {
    const { from, to, curves, bounds, colour } = link
    const key = linkKey(to)
    if (hidden.has(key) || !overlaps(grown(bounds, 8), seen)) continue
    const marked = selected.has(key) || scene.marked.has(key)
    const strong = marked || selected.has(from.node) || selected.has(to.node)
    traceCurves(context, curves)
    context.lineWidth = (strong ? 6 : 5) * thin
    context.strokeStyle = marked ? '#f2a33c' : light ? 'rgba(255, 255, 255, 0.9)' : 'rgba(10, 12, 16, 0.85)'
    context.stroke()
    context.lineWidth = (strong ? 3 : 2.2) * thin
    context.globalAlpha =
      scene.idle.has(to.node) || scene.idle.has(from.node) ? 0.3 : strong || selected.size === 0 ? 1 : 0.75
    context.strokeStyle = colour
    context.stroke()
    context.globalAlpha = 1
  }
}

function drawFarCards(context: CanvasRenderingContext2D, scene: Scene, seen: Rect): void {
  const { document, catalogue, layouts, selected, light, idle } = scene
  for (const { at, size, colour } of Object.values(document.view?.notes ?? {})) {
    roundRect(context, { x: at[0], y: at[1], width: size[0], height: size[1] }, 8)
    context.fillStyle = viewColour(colour ?? 'yellow')
    context.globalAlpha = 0.35
    context.fill()
    context.globalAlpha = 1
  }
  for (const [id, node] of Object.entries(document.nodes)) {
    const rect = rectOf(document, layouts, id)
    if (!overlaps(rect, seen)) continue
    const info = infoOf(document, catalogue, id)
    context.globalAlpha = idle.has(id) ? 0.45 : 1
    roundRect(context, rect, 8)
    context.fillStyle = light ? '#ffffff' : '#262a33'
    context.fill()
    context.lineWidth = selected.has(id) ? 10 : 3
    context.strokeStyle = selected.has(id) ? '#f2a33c' : light ? '#b9c0cc' : '#12141a'
    context.stroke()
    context.fillStyle = info ? nodeColour(node.type, own(document.view?.colours, id)) : unknownColour
    context.fillRect(rect.x, rect.y, rect.width, headerHeight)
    context.fillStyle = light ? '#2a2f3a' : '#dfe4ee'
    context.font = '600 34px system-ui, sans-serif'
    context.fillText(
      node.title ?? info?.title ?? node.type,
      rect.x + 8,
      rect.y + headerHeight + 40,
      rect.width - 16,
    )
    context.globalAlpha = 1
  }
}

function roundRect(context: CanvasRenderingContext2D, { x, y, width, height }: Rect, radius: number): void {
  context.beginPath()
  context.roundRect(x, y, width, height, radius)
}
