import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { workflowJsonSchema } from '#workflows/json-schema.ts'

const published = fileURLToPath(new URL('../../workflows/workflow.schema.json', import.meta.url))

test('the published JSON Schema is the one of the format', async () => {
  const config = await resolveConfig(published)
  const text = await format(JSON.stringify(workflowJsonSchema()), { ...config, parser: 'json' })
  await expect(text).toMatchFileSnapshot(published)
})
