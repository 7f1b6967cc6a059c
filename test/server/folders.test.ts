import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openModelShelf } from '#server/models/model-shelf.ts'
import { openPictureStore } from '#server/pictures/picture-store.ts'
import { ask } from './helpers/ask.ts'
import { startFakeServer, type ToyServer } from './helpers/toy-server.ts'
import { toyNodesDir } from './helpers/toy-nodes-dir.ts'

let server: ToyServer

beforeAll(async () => {
  server = await startFakeServer()
})

afterAll(() => server.close())

const hop = fc.constantFrom(
  '..',
  '.',
  '/',
  '\\',
  '%2e%2e',
  '%2f',
  '\0',
  'outside',
  'a',
  'é',
  '~',
  'a'.repeat(300),
)
const path = fc.array(hop, { minLength: 1, maxLength: 6 }).map((hops) => hops.join(''))

describe('the data folder', () => {
  it("is its owner's alone, and so is every folder in it", async () => {
    const folders = [server.dataDir, ...(await foldersBelow(server.dataDir))]
    expect(folders.length).toBeGreaterThan(2)
    for (const folder of folders) expect((await stat(folder)).mode & 0o777, folder).toBe(0o700)
  })

  it('gives pictures only by an id, whatever is asked for', async () => {
    const store = await openPictureStore(server.dataDir)
    await writeFile(join(server.dir, 'outside.png'), 'what lies outside')
    await fc.assert(
      fc.asyncProperty(fc.oneof(path, fc.string()), async (id) => {
        expect(await store.get(id)).toBeNull()
      }),
      { numRuns: 200 },
    )
  })
})

async function foldersBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name))
}

describe('the model folders', () => {
  let dir: string

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'groundwork-models-'))
    await mkdir(join(dir, 'outside'))
    await writeFile(join(dir, 'outside', 'model_index.json'), '{}')
    await mkdir(join(dir, 'models'))
  })

  afterAll(() => rm(dir, { recursive: true }))

  it('hold a model only under the name of a folder in them, whatever is asked for', async () => {
    const shelf = openModelShelf([join(dir, 'models')], 'cpu')
    await fc.assert(
      fc.asyncProperty(fc.oneof(path, fc.constant('../outside')), async (id) => {
        await expect(shelf.findModel(id)).rejects.toThrow('no folder of that name lies below')
      }),
      { numRuns: 100 },
    )
    await shelf.close()
  })

  it('that hold links in a ring are read to the end', async () => {
    await symlink(join(dir, 'models'), join(dir, 'models', 'ring'))
    const shelf = openModelShelf([join(dir, 'models')], 'cpu')
    expect((await shelf.scan()).models).toEqual([])
    await shelf.close()
  })
})

describe('the nodes', () => {
  const nodes = async () => [
    await readdir(toyNodesDir, { recursive: true }),
    (await ask(server.port, { path: '/api/nodes', headers: { host: `127.0.0.1:${server.port}` } })).text,
  ]

  it('are the same after every route was asked with everything it takes', async () => {
    const before = await nodes()
    for (const { method, path, body } of server.routes) {
      const type = body?.kind === 'bytes' ? (body.types[0] ?? '') : 'application/json'
      const headers = { host: `127.0.0.1:${server.port}`, ...(body && { 'content-type': type }) }
      const text = JSON.stringify({
        workflow: { groundwork: 1, nodes: {} },
        node: 'export default 1',
        path: '../x',
      })
      await ask(server.port, {
        method,
        path: path.replace(/:\w+/g, '..%2fnodes'),
        headers,
        ...(body && { body: text }),
      })
    }
    expect(await nodes()).toEqual(before)
  })

  it('and the models have no route that changes them', () => {
    const changing = server.routes.filter(({ method }) => method !== 'GET').map(({ path }) => path)
    expect(changing.filter((path) => /node|model|plugin|install|config|setting/i.test(path))).toEqual([])
  })
})
