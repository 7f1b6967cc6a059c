/** What can be used on this machine: nodes, models, examples, and the schema of a workflow file. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { workflowSchema } from '#workflows/format.ts'
import { workflowJsonSchema } from '#workflows/json-schema.ts'
import { exampleInfo, modelInfo, type ExampleInfo } from '#workflows/protocol.ts'
import type { JobDesk } from '../jobs/job-desk.ts'
import { ok, route, type Route } from './route.ts'

const anything = z.record(z.string(), z.unknown())

export function catalogueRoutes(desk: JobDesk, examplesDir: string): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/nodes',
      access: 'user',
      summary: 'The catalogue: every node by type.',
      answers: { 200: { description: 'Ports, parameters and texts of each node', schema: anything } },
      handle: async () => ok((await desk.runner.describe()).catalogue),
    }),
    route({
      method: 'GET',
      path: '/api/models',
      access: 'user',
      summary: 'The models on this machine.',
      answers: { 200: { description: 'Every model that can be used', schema: z.array(modelInfo) } },
      handle: async () => ok((await desk.runner.describe()).models),
    }),
    route({
      method: 'GET',
      path: '/api/examples',
      access: 'user',
      summary: 'The example workflows, the one to begin with first.',
      answers: { 200: { description: 'Name and workflow of each', schema: z.array(exampleInfo) } },
      handle: async () => ok(await readExamples(examplesDir)),
    }),
    route({
      method: 'GET',
      path: '/api/schema',
      access: 'user',
      summary: 'JSON Schema of a workflow file.',
      answers: { 200: { description: 'The schema, draft 2020-12', schema: anything } },
      handle: () => ok(workflowJsonSchema()),
    }),
  ]
}

/** Opened when somebody comes for the first time, so it stands first. */
const firstExample = 'text-box'

async function readExamples(dir: string): Promise<ExampleInfo[]> {
  const names = (await readdir(dir))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
  names.sort((a, b) => Number(b === firstExample) - Number(a === firstExample) || a.localeCompare(b))
  return Promise.all(
    names.map(async (name) => ({
      name,
      workflow: workflowSchema.parse(JSON.parse(await readFile(join(dir, `${name}.json`), 'utf8'))),
    })),
  )
}
