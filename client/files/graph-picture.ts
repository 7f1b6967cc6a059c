/** A small picture of a graph: its cards and links, without their contents. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import { linksOf, positionOf } from '../document/queries.ts'
import { groupColour } from '../editor/colours.ts'
import { boundsOf, sizeOfNode, type Rect } from '../editor/geometry.ts'
import { arranged } from '../document/arrange.ts'

const width = 480
const height = 360
const margin = 24

export function paintGraph(workflow: Workflow, catalogue: Catalogue): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context) draw(context, workflow, catalogue)
  return canvas.convertToBlob({ type: 'image/png' })
}

function draw(context: OffscreenCanvasRenderingContext2D, workflow: Workflow, catalogue: Catalogue): void {
  const placed = arranged(workflow, (id) => sizeOfNode(workflow, catalogue, id))
  const rects = new Map<string, Rect>(
    Object.keys(placed.nodes).map((id) => [
      id,
      { ...positionOf(placed, id), ...sizeOfNode(placed, catalogue, id) },
    ]),
  )
  const bounds = boundsOf([...rects.values()])
  context.fillStyle = '#16181d'
  context.fillRect(0, 0, width, height)
  if (!bounds) return
  const k = Math.min((width - 2 * margin) / bounds.width, (height - 2 * margin) / bounds.height, 1)
  context.translate((width - bounds.width * k) / 2, (height - bounds.height * k) / 2)
  context.scale(k, k)
  context.translate(-bounds.x, -bounds.y)
  context.strokeStyle = '#5a6272'
  context.lineWidth = 2 / k
  for (const { from, to } of linksOf(placed)) drawLink(context, rects.get(from.node), rects.get(to.node))
  for (const [id, rect] of rects) drawCard(context, rect, groupColour(placed.nodes[id]?.type ?? ''))
}

function drawLink(context: OffscreenCanvasRenderingContext2D, from?: Rect, to?: Rect): void {
  if (!from || !to) return
  const x0 = from.x + from.width
  const y0 = from.y + 40
  const y1 = to.y + 40
  const bend = Math.max(60, Math.abs(to.x - x0) / 2)
  context.beginPath()
  context.moveTo(x0, y0)
  context.bezierCurveTo(x0 + bend, y0, to.x - bend, y1, to.x, y1)
  context.stroke()
}

function drawCard(
  context: OffscreenCanvasRenderingContext2D,
  { x, y, width, height }: Rect,
  colour: string,
): void {
  context.fillStyle = '#252931'
  context.beginPath()
  context.roundRect(x, y, width, height, 10)
  context.fill()
  context.fillStyle = colour
  context.beginPath()
  context.roundRect(x, y, width, 30, [10, 10, 0, 0])
  context.fill()
}
