import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import { currentVersion, workflowSchema } from '#workflows/format.ts'
import { planWorkflow } from '#workflows/plan.ts'
import { validateWorkflow } from '#workflows/validate.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const past = `${root}test/workflows/past`
const versions = readdirSync(past).filter((name) => !name.includes('.'))
const files = versions.flatMap((version) =>
  readdirSync(`${past}/${version}`).map((file) => `${version}/${file}`),
)
const catalogue = catalogueOf(await loadRegistry(`${root}nodes`), {
  models: ['emoji-world'],
  adapters: ['auto'],
})

test('there are files of every version of the format', () => {
  expect(versions).toEqual(Array.from({ length: currentVersion }, (_, index) => String(index + 1)))
})

test.each(files)('a file that was saved long ago, %s, still loads, can run and can be planned', (file) => {
  const json: unknown = JSON.parse(readFileSync(`${past}/${file}`, 'utf8'))
  const { workflow, faults } = validateWorkflow(json, catalogue)
  expect(faults).toEqual([])
  const plan = workflow && planWorkflow(workflow, new Map(Object.entries(catalogue))).plan
  expect(plan?.units.length).toBeGreaterThan(0)
})

test('the file that says everything uses every key of the format', () => {
  const json = JSON.parse(readFileSync(`${past}/${currentVersion}/everything.json`, 'utf8')) as object
  expect(Object.keys(json).toSorted()).toEqual(Object.keys(workflowSchema.shape).toSorted())
})
