import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import loadModel from '#nodes/model/load.ts'
import { ResultCache } from '#server/engine/cache.ts'
import { execute } from '#server/engine/execute.ts'
import { openModelShelf, type ModelShelf } from '#server/models/model-shelf.ts'
import { noServices } from '../helpers/run-toy.ts'
import { workflow } from '../helpers/workflow.ts'

let dir: string
let shelf: ModelShelf

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'groundwork-shelf-'))
  const pipeline = fileURLToPath(new URL('../fixtures/pipeline', import.meta.url))
  await cp(pipeline, join(dir, 'tiny'), { recursive: true })
  await appendFile(join(dir, 'tiny', 'model_index.json'), '{}')
  shelf = openModelShelf([dir], 'cpu')
})

afterEach(async () => {
  await shelf.close()
  await rm(dir, { recursive: true })
})

/** Another model under the same name, which loads as well. */
const change = () => appendFile(join(dir, 'tiny', 'scheduler', 'scheduler_config.json'), ' ')

describe('a model whose files change while it is in use', () => {
  it('is loaded as it was chosen', async () => {
    const ref = await shelf.findModel('tiny')
    expect((await shelf.model(ref)).hash).toBe(ref.hash)
  })

  it('is not loaded as what it was chosen as', async () => {
    const ref = await shelf.findModel('tiny')
    await change()
    await expect(shelf.model(ref)).rejects.toThrow(
      `Cannot load model 'tiny': its content was ${ref.hash.slice(0, 12)}… when it was chosen and is`,
    )
    const now = await shelf.findModel('tiny')
    expect((await shelf.model(now)).hash).toBe(now.hash)
  })

  it('is refused by the next run of a file that names its content, whatever the cache holds', async () => {
    const { hash } = await shelf.findModel('tiny')
    const options = {
      workflow: workflow({ model: ['model/load', { model: 'tiny', hash }] }),
      registry: new Map([[loadModel.type, loadModel]]),
      cache: new ResultCache(1e6),
      services: { ...noServices, findModel: shelf.findModel },
      emit: () => undefined,
    }
    expect((await execute(options)).ok).toBe(true)
    await change()
    const [error] = (await execute(options)).errors
    expect(error?.message).toContain(`the workflow was made with content ${hash.slice(0, 12)}…`)
  })
})
