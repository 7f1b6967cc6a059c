import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { catalogueOf, loadRegistry } from '#server/registry.ts'

let dir = ''

afterEach(() => rm(dir, { recursive: true, force: true }))

/** A folder of nodes; each file exports an object with these properties over those of a good node. */
async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  dir = await mkdtemp(join(tmpdir(), 'groundwork-nodes-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  return dir
}

const node = (type: string, more = '') =>
  `export default { type: '${type}', version: 1, title: 'Node', description: '', inputs: {}, outputs: {}, params: {}, run: () => ({}), ${more} }`

test('registry finds every node by its path, and nothing else', async () => {
  const registry = await loadRegistry(
    await folder({
      'b/two.ts': node('b/two'),
      'a/one.ts': node('a/one'),
      'contract.ts': 'export {}',
      'a/README.md': '',
    }),
  )
  expect([...registry.keys()]).toEqual(['a/one', 'b/two'])
  expect(catalogueOf(registry, { models: [], adapters: [] })['a/one']).toMatchObject({
    title: 'Node',
    loop: null,
    sideEffect: false,
  })
})

test('registry names every file that cannot register, and what to change in it', async () => {
  const nodes = await folder({
    'a/empty.ts': 'export {}',
    'a/broken.ts': `throw new Error('it is broken')`,
    'a/moved.ts': node('b/moved'),
    'a/old.ts': node('a/old', 'version: 0'),
    'a/ports.ts': node('a/ports', `inputs: { 'my port': { type: 'Int' }, x: { type: 'Number' } }`),
    'a/loop.ts': node('a/loop', `loop: { role: 'start', each: 'step' }`),
    'a/end.ts': node('a/end', `loop: { role: 'end' }`),
    'a/untitled.ts': node('a/untitled', `title: ' '`),
  })
  const error = await loadRegistry(nodes).catch((error: unknown) => String(error))
  expect(String(error).replace(dir, 'DIR')).toMatchInlineSnapshot(`
    "Error: Cannot register the nodes below DIR:
      nodes/a/broken.ts: it cannot be loaded: it is broken
      nodes/a/empty.ts: it has no node as its default export, write \`export default defineNode({ … })\`
      nodes/a/end.ts: it closes a loop and has no input, declare what the loop carries
      nodes/a/loop.ts: it opens a loop over 'step', which is none of its outputs, name one
      nodes/a/moved.ts: its type is 'b/moved', write 'a/moved' as its path says, or move the file
      nodes/a/old.ts: its version is 0, count from 1
      nodes/a/ports.ts: 'my port' cannot name a port: use letters, digits, _ or -, with a letter first
      nodes/a/ports.ts: 'x' has the unknown type 'Number', use one of Model, Conditioning, Grounding, Boxes, Keypoints, Latent, Image, Mask, Step, Text, Int, Float, Bool, Any
      nodes/a/untitled.ts: it has no title, give it a display name"
  `)
})

test('registry takes the nodes of this project', async () => {
  const registry = await loadRegistry('nodes')
  expect(registry.size).toBeGreaterThan(10)
})
