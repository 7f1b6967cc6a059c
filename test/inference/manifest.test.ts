import { createHash } from 'node:crypto'
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkManifest } from '#inference/checkpoint/manifest.ts'
import { filesOf, hashModel } from '#inference/checkpoint/model-folder.ts'
import { openModelShelf } from '#server/models/model-shelf.ts'

const weights = 'vae/diffusion_pytorch_model.safetensors'

let dir: string
let model: string
let files: string[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'groundwork-manifest-'))
  model = join(dir, 'tiny')
  await cp(fileURLToPath(new URL('../fixtures/pipeline', import.meta.url)), model, { recursive: true })
  await writeFile(join(model, 'model_index.json'), '{}')
  files = await filesOf(model)
})

afterEach(() => rm(dir, { recursive: true }))

/** Writes the list as sha256sum prints it. */
async function list(names: readonly string[], mark = ' '): Promise<void> {
  const lines = names.map(async (name) => {
    const hash = createHash('sha256').update(await readFile(join(model, name)))
    return `${hash.digest('hex')} ${mark}${name}\n`
  })
  await writeFile(join(model, 'SHA256SUMS'), (await Promise.all(lines)).join(''))
}

const check = () => checkManifest(model, files)

describe('a model folder', () => {
  test('without a list of hashes is taken as it is', async () => {
    await expect(check()).resolves.toBeUndefined()
  })

  test.each([' ', '*', ' ./'])(
    'whose files are those of the list, with %j before the names, is taken',
    async (mark) => {
      await list(files, mark)
      await expect(check()).resolves.toBeUndefined()
    },
  )

  test('has the same hash with a list as without one', async () => {
    const before = await hashModel(model)
    await list(files)
    expect(await hashModel(model)).toBe(before)
  })

  test('with one byte changed is refused with the name of the file, also after it was right before', async () => {
    await list(files)
    await check()
    const bytes = await readFile(join(model, weights))
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await writeFile(join(model, weights), bytes)
    await expect(check()).rejects.toThrow(
      `by its SHA256SUMS ${weights} has other content; get the files again`,
    )
  })

  test('with a file that the list does not name, and one that is gone, is refused with both', async () => {
    await list(files.filter((name) => name !== weights))
    await appendFile(join(model, 'SHA256SUMS'), `${'0'.repeat(64)}  unet/more.safetensors\n`)
    await expect(check()).rejects.toThrow(
      `by its SHA256SUMS unet/more.safetensors is gone, ${weights} is not in it`,
    )
  })

  test.each(['not a hash', `${'0'.repeat(63)}  ${weights}`, `\\${'0'.repeat(64)}  ${weights}`])(
    'with a list of which a line is %j is refused with the line',
    async (line) => {
      await list(files)
      await appendFile(join(model, 'SHA256SUMS'), `${line}\n`)
      await expect(check()).rejects.toThrow(`line ${files.length + 1} must be a SHA-256 and a file`)
    },
  )
})

describe('the shelf', () => {
  test('loads no model that is not as its list says, and loads it once it is', async () => {
    const shelf = openModelShelf([dir], 'cpu')
    await list(files.filter((name) => name !== weights))
    const ref = await shelf.findModel('tiny')
    await expect(shelf.model(ref)).rejects.toThrow(`${weights} is not in it`)
    await list(files)
    await expect(shelf.model(ref)).resolves.toMatchObject({ path: model })
    await shelf.close()
  })
})
