import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectDir, runnerOptions } from '#server/config.ts'
import { openWorkbench, type Workbench } from '#server/runner/workbench.ts'
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import { positionOf } from '../../client/document/queries.ts'
import { grown, overlaps, sizeOfNode } from '../../client/editor/geometry.ts'

const folder = join(projectDir, 'workflows/examples')

let dataDir: string
let bench: Workbench
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'examples-'))
  bench = await openWorkbench(runnerOptions({ data: dataDir, device: 'cpu' }))
})
afterAll(async () => {
  await bench.close()
  await rm(dataDir, { recursive: true })
})

/** Two steps a loop: whether it runs does not depend on how many there are. */
function hurried(workflow: Workflow): Workflow {
  const nodes = Object.entries(workflow.nodes).map(([id, node]) => [
    id,
    node.type === 'sampling/steps' ? { ...node, values: { ...node.values, steps: 2 } } : node,
  ])
  return { ...workflow, nodes: Object.fromEntries(nodes) as Workflow['nodes'] }
}

function read(file: string): Workflow {
  return workflowSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))
}

test.each(readdirSync(folder))('example %s opens with room between its cards', async (file) => {
  const workflow = read(file)
  const { catalogue } = await bench.describe()
  const cards = Object.keys(workflow.nodes).map((id) => {
    return { id, ...positionOf(workflow, id), ...sizeOfNode(workflow, catalogue, id) }
  })
  const pairs = cards.flatMap((card, at) => cards.slice(at + 1).map((other) => [card, other] as const))
  const over = pairs.filter(([card, other]) => overlaps(grown(card, 16), other))
  expect(over.map(([card, other]) => `${card.id} and ${other.id}`)).toEqual([])
})

test.each(readdirSync(folder))('example %s runs with the model that comes along', async (file) => {
  const { errors, outputs } = await bench.run({
    workflow: hurried(read(file)),
    signal: { aborted: false },
    emit: () => undefined,
  })
  expect(errors.map(({ message }) => message)).toEqual([])
  expect(outputs.length).toBeGreaterThan(0)
})
