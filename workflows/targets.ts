/** Which nodes a run is for. */
import type { FlatNodes } from './expand.ts'
import type { Fault } from './fault.ts'
import type { Links } from './graph.ts'
import type { Shapes } from './loops.ts'

/** The nodes with a side effect, or every node that feeds no other where there is none. */
export function defaultTargets(running: Links, nodes: FlatNodes, shapes: Shapes): string[] {
  const ids = [...running.keys()]
  const effects = ids.filter((id) => hasEffect(id, nodes, shapes))
  if (effects.length > 0) return effects
  const used = new Set<string>()
  for (const list of running.values()) for (const { from } of list) used.add(from)
  return ids.filter((id) => !used.has(id))
}

/**
 * The nodes that were asked for. A node that stands for a subgraph is not among those that run: its inner nodes with a
 * side effect, or that feed no other inside, are meant, as far as they are not muted.
 */
export function expandTargets(
  targets: readonly string[],
  nodes: FlatNodes,
  running: Links,
  shapes: Shapes,
): string[] {
  return targets.flatMap((id) => {
    const inside = nodes.has(id) ? [] : [...running.keys()].filter((inner) => isInside(inner, id))
    const used = new Set(inside.flatMap((inner) => (running.get(inner) ?? []).map(({ from }) => from)))
    const ends = inside.filter((inner) => hasEffect(inner, nodes, shapes) || !used.has(inner))
    return inside.length === 0 ? [id] : ends
  })
}

/** What keeps a target from running. */
export function targetFaults(targets: readonly string[], nodes: FlatNodes, running: Links): Fault[] {
  return targets
    .filter((id) => !running.has(id))
    .map((id) => ({
      code: 'unknown-node',
      path: ['nodes', id],
      message: `Cannot run up to node '${id}': ${
        nodes.has(id) || [...nodes.keys()].some((inner) => isInside(inner, id))
          ? 'it is muted, or needs a node that is'
          : 'the workflow has no such node, or bypasses it'
      }`,
    }))
}

function isInside(inner: string, id: string): boolean {
  return inner.startsWith(`${id}/`)
}

function hasEffect(id: string, nodes: FlatNodes, shapes: Shapes): boolean {
  return shapes.get(nodes.get(id)?.type ?? '')?.sideEffect ?? false
}
