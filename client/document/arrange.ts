/** Places for nodes whose file names none: columns by the longest way from a node without inputs. */
import type { Workflow } from '#workflows/format.ts'
import { sourcesOf } from './queries.ts'
import { own } from './record.ts'
import { graphAt } from './scope.ts'

const columnGap = 64
const rowGap = 32

interface Size {
  readonly width: number
  readonly height: number
}

/** The workflow with a place for every node; places that the file names stay as they are. */
export function arranged(document: Workflow, sizeOf: (id: string) => Size): Workflow {
  const placed = document.view?.nodes ?? {}
  const ids = Object.keys(document.nodes)
  if (ids.every((id) => own(placed, id))) return document
  const lone = ids.filter((id) => !own(placed, id))
  const below = Object.entries(placed).map(([id, [, y]]) => y + sizeOf(id).height)
  const top = below.length ? Math.max(...below) + columnGap : 0
  const places = inColumns(document, lone, sizeOf, top)
  return { ...document, view: { ...document.view, nodes: { ...placed, ...Object.fromEntries(places) } } }
}

/** The file with a place for every node of every graph in it. */
export function arrangedAll(file: Workflow, sizesIn: (graph: Workflow) => (id: string) => Size): Workflow {
  const top = arranged(file, sizesIn(file))
  const inner = Object.entries(file.subgraphs ?? {}).map(([name, subgraph]) => {
    const graph = graphAt(file, ['subgraphs', name])
    const { view } = arranged(graph, sizesIn(graph))
    return [name, view === subgraph.view ? subgraph : { ...subgraph, view }]
  })
  return inner.length > 0 ? { ...top, subgraphs: Object.fromEntries(inner) } : top
}

function inColumns(document: Workflow, ids: readonly string[], sizeOf: (id: string) => Size, top: number) {
  const depth = depths(document)
  const columns: string[][] = []
  for (const id of ids) (columns[depth.get(id) ?? 0] ??= []).push(id)
  const places: [string, [number, number]][] = []
  let x = 0
  for (const column of columns) {
    let y = top
    for (const id of column ?? []) {
      places.push([id, [x, y]])
      y += sizeOf(id).height + rowGap
    }
    if (column) x += Math.max(...column.map((id) => sizeOf(id).width)) + columnGap
  }
  return places
}

/** Longest way to each node; a node on a ring counts as if the ring were cut where it was entered. */
function depths(document: Workflow): Map<string, number> {
  const depth = new Map<string, number>()
  const rounds = Object.keys(document.nodes)
  for (let changed = true, round = 0; changed && round < rounds.length; round++) {
    changed = false
    for (const id of rounds) {
      const next = Math.max(0, ...sourcesOf(document, id).map((source) => (depth.get(source) ?? 0) + 1))
      if (next > (depth.get(id) ?? 0)) changed = true
      depth.set(id, Math.min(next, rounds.length))
    }
  }
  return depth
}
