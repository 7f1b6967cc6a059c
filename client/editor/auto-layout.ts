/** Lays the graph out: elk does it in a worker, which is loaded when it is first asked for. */
import type { ELK } from 'elkjs/lib/elk-api.js'
import { linksOf, type Link, type Point } from '../document/queries.ts'
import { workflow } from '../document/workflow-document.ts'
import { translate } from '../locales/i18n.ts'
import { useNotices } from '../stores/notices.ts'
import { chosenNodes, moveEach } from './actions.ts'
import { desk } from './desk.ts'
import { boundsOf, type Rect } from './geometry.ts'

/** Lays out the selected nodes, or all where fewer than two are selected. */
export async function arrangeGraph(): Promise<void> {
  const asked = workflow.graph.value
  const selected = chosenNodes()
  const ids = selected.length > 1 ? selected : Object.keys(asked.nodes)
  const rects = new Map(ids.flatMap((id) => rectEntry(id)))
  const inside = linksOf(asked).filter(({ from, to }) => rects.has(from.node) && rects.has(to.node))
  try {
    const places = await layOut(rects, inside)
    if (workflow.graph.value !== asked) return
    moveEach('layout', movesTo(rects, places))
    if (selected.length < 2) desk.graph?.fit()
  } catch (error) {
    engine = null
    useNotices().say(translate('notice.noLayout'), 'bad', [String(error)])
  }
}

function rectEntry(id: string): [string, Rect][] {
  const rect = desk.graph?.rectOf(id)
  return rect ? [[id, rect]] : []
}

/** How far each node is to move; the upper left corner of the whole stays where it is. */
function movesTo(rects: ReadonlyMap<string, Rect>, places: ReadonlyMap<string, Point>): Map<string, Point> {
  const corner = boundsOf([...rects.values()]) ?? { x: 0, y: 0 }
  return new Map(
    [...rects].flatMap(([id, from]) => {
      const to = places.get(id)
      if (!to) return []
      return [[id, { x: Math.round(corner.x + to.x - from.x), y: Math.round(corner.y + to.y - from.y) }]]
    }),
  )
}

let engine: Promise<ELK> | null = null

async function loadElk(): Promise<ELK> {
  const [{ default: Elk }, { default: address }] = await Promise.all([
    import('elkjs/lib/elk-api.js'),
    import('elkjs/lib/elk-worker.min.js?url'),
  ])
  return new Elk({ workerFactory: () => new Worker(address) })
}

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.spacing.nodeNode': '32',
  'elk.spacing.componentComponent': '64',
  'elk.layered.spacing.nodeNodeBetweenLayers': '72',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
}

/** Where the layout wants each node, from its own corner. */
async function layOut(rects: ReadonlyMap<string, Rect>, links: readonly Link[]): Promise<Map<string, Point>> {
  const elk = await (engine ??= loadElk())
  const { children } = await elk.layout({
    id: 'graph',
    layoutOptions: options,
    children: [...rects].map(([id, { width, height }]) => ({ id, width, height })),
    edges: links.map(({ from, to }) => ({
      id: `${to.node}.${to.port}`,
      sources: [from.node],
      targets: [to.node],
    })),
  })
  return new Map((children ?? []).map(({ id, x, y }) => [id, { x: x ?? 0, y: y ?? 0 }]))
}
