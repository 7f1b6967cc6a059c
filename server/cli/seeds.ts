/** The seeds of a workflow: which there are, and which a node's result depends on. */
import type { Catalogue } from '#nodes/node-info.ts'
import { parseSource, type Workflow } from '#workflows/format.ts'

/** Every seed as digits, by `node.param`; the default where the file says none. */
export function seedsOf(workflow: Workflow, catalogue: Catalogue): Map<string, string> {
  const seeds = new Map<string, string>()
  for (const [id, node] of Object.entries(workflow.nodes))
    for (const [name, param] of Object.entries(catalogue[node.type]?.params ?? {}))
      if (param.widget === 'seed' && node.inputs?.[name] === undefined)
        seeds.set(`${id}.${name}`, String(node.values?.[name] ?? param.default))
  return seeds
}

/** The one seed that everything before a node shares; null when there are several or none. */
export function seedBefore(
  workflow: Workflow,
  id: string,
  seeds: ReadonlyMap<string, string>,
): string | null {
  const before = new Set([id])
  for (const node of before)
    for (const source of Object.values(workflow.nodes[node]?.inputs ?? {}))
      before.add(parseSource(source).node)
  const found = new Set(
    [...seeds].filter(([place]) => before.has(parseSource(place).node)).map(([, seed]) => seed),
  )
  const [seed] = found
  return found.size === 1 && seed !== undefined ? seed : null
}
