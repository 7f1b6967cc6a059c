/** Every link as it runs over the graph: through its reroute points, with its colour, ready to draw and to hit. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import { linkKey } from '../document/items.ts'
import { infoOf, linksOf, outputType, type Link, type Point } from '../document/queries.ts'
import { reroutesOf } from '../document/view-edits.ts'
import { wireColour } from './colours.ts'
import { boundsOf, contains, grown, type Rect } from './geometry.ts'
import type { Layouts } from './layouts.ts'
import { curvesThrough, pointsOn, type Curve } from './link-path.ts'
import { socketPoint } from './sockets.ts'

export interface ShownLink extends Link {
  readonly curves: readonly Curve[]
  readonly bounds: Rect
  readonly colour: string
}

/** Links whose both ends are on the canvas. */
export function shownLinks(document: Workflow, catalogue: Catalogue, layouts: Layouts): ShownLink[] {
  return linkShower()(document, catalogue, layouts)
}

/** The same, for a document that changes: a link that runs as before is the one of before. */
export function linkShower(): typeof shownLinks {
  let before = new Map<string, ShownLink>()
  return (document, catalogue, layouts) => {
    const next = new Map<string, ShownLink>()
    for (const link of linksOf(document)) {
      const { from, to } = link
      if (!layouts.has(from.node) || !layouts.has(to.node)) continue
      const start = socketPoint(document, layouts, { ...from, side: 'out' })
      const end = socketPoint(document, layouts, { ...to, side: 'in' })
      const points = [start, ...reroutesOf(document, to), end]
      const colour = wireColour(outputType(infoOf(document, catalogue, from.node), from.port))
      const key = linkKey(to)
      const known = before.get(key)
      next.set(key, known && runsSo(known, link, points, colour) ? known : shown(link, points, colour))
    }
    before = next
    return [...next.values()]
  }
}

function shown(link: Link, points: readonly Point[], colour: string): ShownLink {
  const curves = curvesThrough(points)
  return { ...link, curves, bounds: boundsOfCurves(curves), colour }
}

function runsSo(known: ShownLink, { from }: Link, points: readonly Point[], colour: string): boolean {
  const isSame = (a: Point | undefined, b: Point | undefined) => a?.x === b?.x && a?.y === b?.y
  return (
    known.colour === colour &&
    known.from.node === from.node &&
    known.from.port === from.port &&
    known.curves.length === points.length - 1 &&
    known.curves.every(
      (curve, index) => isSame(curve.from, points[index]) && isSame(curve.to, points[index + 1]),
    )
  )
}

function boundsOfCurves(curves: readonly Curve[]): Rect {
  const corners = curves.flatMap(({ from, c1, c2, to }) => [from, c1, c2, to])
  const bounds = boundsOf(corners.map(({ x, y }) => ({ x, y, width: 0, height: 0 })))
  return bounds ?? { x: 0, y: 0, width: 0, height: 0 }
}

export interface HitLink {
  readonly link: ShownLink
  /** Which of its curves: a new reroute point goes after so many others. */
  readonly curve: number
}

/** The link nearest to a point, and not farther from it than `reach`. */
export function linkAt(links: readonly ShownLink[], at: Point, reach: number): HitLink | null {
  let best: HitLink | null = null
  let nearest = reach
  for (const link of links) {
    if (!contains(grown(link.bounds, reach), at)) continue
    link.curves.forEach((curve, index) => {
      const distance = distanceTo(pointsOn(curve), at)
      if (distance > nearest) return
      nearest = distance
      best = { link, curve: index }
    })
  }
  return best
}

/** The links that a straight cut from `a` to `b` crosses. */
export function crossedLinks(links: readonly ShownLink[], a: Point, b: Point): ShownLink[] {
  return links.filter(({ curves }) =>
    curves.some((curve) => {
      const points = pointsOn(curve)
      return points.some((point, index) => {
        const next = points[index + 1]
        return next !== undefined && crosses(a, b, point, next)
      })
    }),
  )
}

function distanceTo(points: readonly Point[], at: Point): number {
  let least = Infinity
  for (let index = 1; index < points.length; index++) {
    const a = points[index - 1]
    const b = points[index]
    if (a && b) least = Math.min(least, distanceToSegment(a, b, at))
  }
  return least
}

function distanceToSegment(a: Point, b: Point, at: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((at.x - a.x) * dx + (at.y - a.y) * dy) / length
  const t = Math.min(Math.max(along, 0), 1)
  return Math.hypot(a.x + t * dx - at.x, a.y + t * dy - at.y)
}

function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) => (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
}
