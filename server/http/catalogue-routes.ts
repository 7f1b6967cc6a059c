/** What can be used on this machine: nodes, models, examples, and the schema of a workflow file. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Router } from 'express'
import { z } from 'zod'
import { workflowSchema } from '#workflows/format.ts'
import type { ExampleInfo } from '#workflows/protocol.ts'
import type { JobDesk } from '../jobs/job-desk.ts'

export function catalogueRoutes(desk: JobDesk, examplesDir: string): Router {
  const routes = Router()
  routes.get('/nodes', async (_request, response) => {
    response.json((await desk.runner.describe()).catalogue)
  })
  routes.get('/models', async (_request, response) => {
    response.json((await desk.runner.describe()).models)
  })
  routes.get('/examples', async (_request, response) => {
    response.json(await readExamples(examplesDir))
  })
  routes.get('/schema', (_request, response) => {
    response.json(z.toJSONSchema(workflowSchema, { io: 'input' }))
  })
  return routes
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
