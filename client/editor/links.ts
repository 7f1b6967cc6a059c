/** Every link as it runs over the graph: through its reroute points, with its colour, ready to draw and to hit. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import { linkKey } from '../document/items.ts'
import { infoOf, linksOf, outputType, type Link, type Point } from '../document/queries.ts'
import { own } from '../document/record.ts'
import { reroutesAt, reroutesOf } from '../document/view-edits.ts'
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

interface Known {
  /** What the way of the link follows from: the places and layouts of its ends, its points. None of them is ever changed. */
  readonly from: readonly unknown[]
  readonly link: ShownLink
}

/** The same, for a document that changes: a link that runs as before is the one of before, and so is the whole list. */
export function linkShower(): typeof shownLinks {
  let graph: { nodes: Workflow['nodes']; catalogue: Catalogue; links: readonly Keyed[] } | null = null
  let before = new Map<string, Known>()
  let list: ShownLink[] = []
  return (document, catalogue, layouts) => {
    const isSame = graph?.nodes === document.nodes && graph.catalogue === catalogue
    const links = isSame && graph ? graph.links : keyedLinks(document, catalogue)
    graph = { nodes: document.nodes, catalogue, links }
    const places = document.view?.nodes
    const next = new Map<string, Known>()
    let changed = false
    for (const keyed of links) {
      const { key, link, colour } = keyed
      const [out, into] = [layouts.get(link.from.node), layouts.get(link.to.node)]
      if (!out || !into) continue
      const from = [
        out,
        into,
        own(places, link.from.node),
        own(places, link.to.node),
        reroutesAt(document, link.to),
      ]
      const known = before.get(key)
      const stays = known !== undefined && known.link.colour === colour && runsAlike(known.link, link)
      if (stays && from.every((part, index) => part === known.from[index])) next.set(key, known)
      else {
        changed = true
        next.set(key, { from, link: shown(link, waypoints(document, layouts, link), colour) })
      }
    }
    if (changed || next.size !== before.size) list = [...next.values()].map(({ link }) => link)
    before = next
    return list
  }
}

interface Keyed {
  readonly key: string
  readonly link: Link
  readonly colour: string
}

function keyedLinks(document: Workflow, catalogue: Catalogue): Keyed[] {
  return linksOf(document).map((link) => ({
    key: linkKey(link.to),
    link,
    colour: wireColour(outputType(infoOf(document, catalogue, link.from.node), link.from.port)),
  }))
}

function waypoints(document: Workflow, layouts: Layouts, { from, to }: Link): Point[] {
  const start = socketPoint(document, layouts, { ...from, side: 'out' })
  const end = socketPoint(document, layouts, { ...to, side: 'in' })
  return [start, ...reroutesOf(document, to), end]
}

function runsAlike(known: Link, { from }: Link): boolean {
  return known.from.node === from.node && known.from.port === from.port
}

function shown(link: Link, points: readonly Point[], colour: string): ShownLink {
  const curves = curvesThrough(points)
  return { ...link, curves, bounds: boundsOfCurves(curves), colour }
}

function boundsOfCurves(curves: readonly Curve[]): Rect {
  const corners = curves.flatMap(({ from, c1, c2, to }) => [from, c1, c2, to])
  const bounds = boundsOf(corners.map(({ x, y }) => ({ x, y, width: 0, height: 0 })))
  return bounds ?? { x: 0, y: 0, width: 0, height: 0 }
}

/** The links of a node: first those into it, then those out of it, each side from top to bottom. */
export function linksAround(links: readonly ShownLink[], node: string): ShownLink[] {
  const start = ({ curves }: ShownLink) => curves[0]?.from.y ?? 0
  const end = ({ curves }: ShownLink) => curves.at(-1)?.to.y ?? 0
  const into = links.filter(({ to }) => to.node === node).toSorted((a, b) => end(a) - end(b))
  const out = links
    .filter(({ from }) => from.node === node)
    .toSorted((a, b) => start(a) - start(b) || end(a) - end(b))
  return [...into, ...out]
}

/** The point halfway along the curve in the middle of a link, which is the curve `middleCurve` of it. */
export function middleOf({ curves }: ShownLink): Point | undefined {
  const curve = curves[middleCurve(curves.length - 1)]
  const points = curve ? pointsOn(curve) : []
  return points[Math.floor(points.length / 2)]
}

/** Which curve is in the middle of a link with so many reroute points. */
export function middleCurve(points: number): number {
  return Math.floor(points / 2)
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
