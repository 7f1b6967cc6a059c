import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import { validateWorkflow } from '#workflows/validate.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const examples = readdirSync(`${root}workflows/examples`)

test.each(examples)('example %s can run, and reading it changes nothing', async (file) => {
  const json: unknown = JSON.parse(readFileSync(`${root}workflows/examples/${file}`, 'utf8'))
  const catalogue = catalogueOf(await loadRegistry(`${root}nodes`), {
    models: ['emoji-world'],
    adapters: ['auto', 'none', ...readdirSync(`${root}models/emoji-world/adapters`)],
  })
  const { workflow, faults } = validateWorkflow(json, catalogue)
  expect([workflow, faults]).toEqual([json, []])
})
