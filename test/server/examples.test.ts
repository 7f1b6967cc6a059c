import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectDir, runnerOptions } from '#server/config.ts'
import { openWorkbench, type Workbench } from '#server/runner/workbench.ts'
import { workflowSchema, type Workflow } from '#workflows/format.ts'

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

test.each(readdirSync(folder))('example %s runs with the model that comes along', async (file) => {
  const workflow = workflowSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))
  const { errors, outputs } = await bench.run({
    workflow: hurried(workflow),
    signal: { aborted: false },
    emit: () => undefined,
  })
  expect(errors.map(({ message }) => message)).toEqual([])
  expect(outputs.length).toBeGreaterThan(0)
})
