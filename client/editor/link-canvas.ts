/** Draws everything under the cards on one canvas: frames, loop regions, links; and the cards themselves from afar. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import { infoOf, linksOf, outputType, type Link, type LoopRegion } from '../document/queries.ts'
import { groupColour, unknownColour, wireColour } from './colours.ts'
import { boundsOf, grown, headerHeight, overlaps, toGraph, type Rect, type Transform } from './geometry.ts'
import { rectOf, type Layouts } from './layouts.ts'
import { linkCurve, traceCurve } from './link-path.ts'
import { socketPoint } from './sockets.ts'

export interface Scene {
  readonly document: Workflow
  readonly catalogue: Catalogue
  readonly layouts: Layouts
  readonly transform: Transform
  readonly selected: ReadonlySet<string>
  readonly regions: readonly LoopRegion[]
  /** The link that a drag has taken off its input. */
  readonly hidden: Link | null
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
  const { x, y, k } = scene.transform
  context.setTransform(dots * k, 0, 0, dots * k, dots * x, dots * y)
  const corner = toGraph(scene.transform, { x: 0, y: 0 })
  const seen: Rect = { ...corner, width: width / k, height: height / k }
  for (const rect of regionRects(scene)) drawRegion(context, rect, scene)
  for (const rect of frameRects(scene)) drawFrame(context, rect, scene)
  drawLinks(context, scene, seen)
  if (scene.far) drawFarCards(context, scene, seen)
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

function drawFrame(context: CanvasRenderingContext2D, rect: Rect | null, { transform, light }: Scene): void {
  if (!rect) return
  roundRect(context, rect, 10)
  context.fillStyle = light ? 'rgba(60, 70, 90, 0.05)' : 'rgba(200, 210, 230, 0.035)'
  context.fill()
  context.strokeStyle = light ? 'rgba(60, 70, 90, 0.3)' : 'rgba(200, 210, 230, 0.22)'
  context.lineWidth = 1 / Math.min(transform.k, 1)
  context.stroke()
}

function drawLinks(context: CanvasRenderingContext2D, scene: Scene, seen: Rect): void {
  const { document, catalogue, layouts, hidden, selected, transform, light } = scene
  context.lineCap = 'round'
  const thin = Math.max(1, 0.7 / transform.k)
  for (const { from, to } of linksOf(document)) {
    if (hidden && hidden.to.node === to.node && hidden.to.port === to.port) continue
    if (!layouts.has(from.node) || !layouts.has(to.node)) continue
    const start = socketPoint(document, layouts, { ...from, side: 'out' })
    const end = socketPoint(document, layouts, { ...to, side: 'in' })
    const curve = linkCurve(start, end)
    const bounds = boundsOf(
      [start, end, curve.c1, curve.c2].map((point) => ({ ...point, width: 0, height: 0 })),
    )
    if (!bounds || !overlaps(grown(bounds, 8), seen)) continue
    const strong = selected.has(from.node) || selected.has(to.node)
    traceCurve(context, curve)
    context.lineWidth = (strong ? 6 : 5) * thin
    context.strokeStyle = light ? 'rgba(255, 255, 255, 0.9)' : 'rgba(10, 12, 16, 0.85)'
    context.stroke()
    context.lineWidth = (strong ? 3 : 2.2) * thin
    context.globalAlpha = strong || selected.size === 0 ? 1 : 0.75
    context.strokeStyle = wireColour(outputType(infoOf(document, catalogue, from.node), from.port))
    context.stroke()
    context.globalAlpha = 1
  }
}

function drawFarCards(context: CanvasRenderingContext2D, scene: Scene, seen: Rect): void {
  const { document, catalogue, layouts, selected, light } = scene
  for (const [id, node] of Object.entries(document.nodes)) {
    const rect = rectOf(document, layouts, id)
    if (!overlaps(rect, seen)) continue
    const info = infoOf(document, catalogue, id)
    roundRect(context, rect, 8)
    context.fillStyle = light ? '#ffffff' : '#262a33'
    context.fill()
    context.lineWidth = selected.has(id) ? 10 : 3
    context.strokeStyle = selected.has(id) ? '#f2a33c' : light ? '#b9c0cc' : '#12141a'
    context.stroke()
    context.fillStyle = info ? groupColour(node.type) : unknownColour
    context.fillRect(rect.x, rect.y, rect.width, headerHeight)
    context.fillStyle = light ? '#2a2f3a' : '#dfe4ee'
    context.font = '600 34px system-ui, sans-serif'
    context.fillText(
      node.title ?? info?.title ?? node.type,
      rect.x + 8,
      rect.y + headerHeight + 40,
      rect.width - 16,
    )
  }
}

function roundRect(context: CanvasRenderingContext2D, { x, y, width, height }: Rect, radius: number): void {
  context.beginPath()
  context.roundRect(x, y, width, height, radius)
}
