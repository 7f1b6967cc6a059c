import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodesMarkdown } from '#server/cli/nodes-markdown.ts'
import { projectDir } from '#server/config.ts'
import { catalogueOf, loadRegistry } from '#server/registry.ts'

test('docs/nodes.md says what the nodes declare; groundwork nodes --markdown makes it', async () => {
  const catalogue = catalogueOf(await loadRegistry(join(projectDir, 'nodes')), { models: [], adapters: [] })
  expect(await readFile(join(projectDir, 'docs/nodes.md'), 'utf8')).toBe(nodesMarkdown(catalogue))
})
