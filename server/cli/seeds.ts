/** The seeds that a picture came from. */
import type { Catalogue } from '#nodes/node-info.ts'
import { parseSource, type Workflow } from '#workflows/format.ts'
import { planWorkflow } from '#workflows/plan.ts'

/** Every seed that a node's result depends on, as digits, by `node.param`; a node in a subgraph is called `outer/inner`. */
export function seedsBefore(workflow: Workflow, id: string, catalogue: Catalogue): Map<string, string> {
  const { plan } = planWorkflow(workflow, new Map(Object.entries(catalogue)))
  const seeds = new Map<string, string>()
  const before = new Set([id])
  for (const name of before) {
    const { type = '', inputs = {}, values } = plan?.nodes.get(name) ?? {}
    for (const source of Object.values(inputs)) before.add(parseSource(source).node)
    for (const [param, { widget, default: usual }] of Object.entries(catalogue[type]?.params ?? {}))
      if (widget === 'seed' && inputs[param] === undefined)
        seeds.set(`${name}.${param}`, String(values?.[param] ?? usual))
  }
  return seeds
}

/** The one seed that these are; null when there are several or none. */
export function onlySeed(seeds: ReadonlyMap<string, string>): string | null {
  const [seed, ...others] = new Set(seeds.values())
  return seed !== undefined && others.length === 0 ? seed : null
}
