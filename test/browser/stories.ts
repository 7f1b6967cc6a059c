/** Workflows for stories in the browser: the first example, quick or slow. */
import { readFileSync } from 'node:fs'
import { workflowSchema, type Workflow } from '#workflows/format.ts'

type Values = NonNullable<Workflow['nodes'][string]['values']>

export function example(name: string): Workflow {
  const file = new URL(`../../workflows/examples/${name}.json`, import.meta.url)
  return workflowSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** The workflow with other values of one node. */
export function changed(workflow: Workflow, id: string, values: Values): Workflow {
  const node = workflow.nodes[id]
  if (!node) throw new Error(`The workflow has no node '${id}'`)
  const nodes = { ...workflow.nodes, [id]: { ...node, values: { ...node.values, ...values } } }
  return { ...workflow, nodes }
}

/** A grounded picture in a few steps, on a seed of its own so that no other story has filled the cache. */
export function quick(name: string, seed: number, steps = 4): Workflow {
  const workflow = changed(changed(example('text-box'), 'steps', { steps }), 'noise', { seed })
  return { ...workflow, name }
}

/** The same with so many steps that there is time to interfere. */
export function slow(name: string, seed: number): Workflow {
  return quick(name, seed, 1000)
}

/** So many copies of a workflow's nodes side by side, each linked within itself. */
export function many(workflow: Workflow, copies: number): Workflow {
  const nodes: Workflow['nodes'] = {}
  const places: Record<string, [number, number]> = {}
  for (let copy = 0; copy < copies; copy++)
    for (const [id, node] of Object.entries(workflow.nodes)) {
      const inputs = Object.entries(node.inputs ?? {}).map(([port, source]) => [port, `c${copy}_${source}`])
      nodes[`c${copy}_${id}`] = { ...node, ...(node.inputs && { inputs: Object.fromEntries(inputs) }) }
      const [x, y] = workflow.view?.nodes?.[id] ?? [0, 0]
      places[`c${copy}_${id}`] = [x + (copy % 10) * 1320, y + Math.floor(copy / 10) * 960]
    }
  return { groundwork: 1, name: `${workflow.name} × ${copies}`, nodes, view: { nodes: places } }
}
