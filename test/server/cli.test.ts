import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { main } from '#server/cli/main.ts'
import { readWorkflow } from '#server/pictures/png-text.ts'
import type { Workflow } from '#workflows/format.ts'
import { workflowOf } from './helpers/toy-server.ts'

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

let dir: string
let inDir: (name: string) => string

/** Runs the command line in this process; a test below runs it in one of its own. */
async function groundwork(...words: string[]): Promise<Said> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const code = await main(words)
    return { code, out: out.mock.calls.join(''), err: err.mock.calls.join('') }
  } finally {
    out.mockRestore()
    err.mockRestore()
  }
}

/** A picture in, resized and saved: a workflow that needs no model. */
const resize = workflowOf({
  photo: { type: 'image/load' },
  small: { type: 'image/resize', values: { width: 8, height: 8 }, inputs: { image: 'photo.image' } },
  save: { type: 'image/save', values: { name: 'a small one' }, inputs: { image: 'small.image' } },
})

const faulty = workflowOf({
  photo: { type: 'image/lod' },
  small: { type: 'image/resize', values: { width: 0 }, inputs: { image: 'photo.image' } },
})

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'groundwork-cli-'))
  inDir = (name) => join(dir, name)
  await mkdir(join(dir, 'folder'))
  await writeFile(join(dir, 'resize.json'), JSON.stringify(resize))
  await writeFile(join(dir, 'faulty.json'), JSON.stringify(faulty))
  await writeFile(join(dir, 'notes.txt'), 'dear diary')
  await sharp({ create: { width: 30, height: 20, channels: 3, background: '#204060' } })
    .png()
    .toFile(join(dir, 'photo.png'))
})

afterAll(() => rm(dir, { recursive: true }))

describe('groundwork run', () => {
  const machine = () => ['--data', inDir('data'), '--models', inDir('folder')]
  const run = (...words: string[]) =>
    groundwork(
      'run',
      inDir('resize.json'),
      '--set',
      'save.name=tiny',
      ...machine(),
      '--out',
      inDir('out'),
      ...words,
    )

  it('takes a picture in, runs, and writes a picture that carries the workflow as it ran', async () => {
    const { code, out, err } = await run('--set', `photo.picture=${inDir('photo.png')}`, '--json')
    expect([code, err]).toEqual([0, ''])
    const report: unknown = JSON.parse(out)
    const path = join(dir, 'out', 'tiny.png')
    expect(report).toMatchObject({ ok: true, outputs: [{ node: 'save', width: 8, height: 8, seeds: {} }] })
    expect(report).toHaveProperty(
      'nodes.small',
      expect.objectContaining({ state: 'finished', cached: false, runs: 1 }),
    )
    expect(JSON.parse(readWorkflow(await readFile(path)) ?? '')).toHaveProperty(
      'nodes.save.values.name',
      'tiny',
    )

    const again = await groundwork('run', path, ...machine(), '--out', inDir('again'))
    expect(again.out).toContain('8 × 8')
    expect(await readFile(join(dir, 'again', 'tiny.png'))).toEqual(await readFile(path))
  })

  it('says what failed, with exit code 1', async () => {
    const { code, err } = await run()
    expect(code).toBe(1)
    expect(err).toContain("Cannot run node 'photo' (LoadImage): cannot load a picture: none is chosen")
  })

  it('says what is wrong with a model whose weights were not copied whole', async () => {
    const model = inDir('models/cut')
    await cp(fileURLToPath(new URL('../../models/emoji-world', import.meta.url)), model, { recursive: true })
    await truncate(join(model, 'unet', 'diffusion_pytorch_model.safetensors'), 20_000)
    await writeFile(
      inDir('cut.json'),
      JSON.stringify(workflowOf({ it: { type: 'model/load', values: { model: 'cut' } } })),
    )
    const { code, err } = await groundwork(
      'run',
      inDir('cut.json'),
      '--models',
      inDir('models'),
      '--device',
      'cpu',
    )
    expect(code).toBe(1)
    expect(err).toContain("Cannot run node 'it' (LoadModel): cannot read")
    expect(err).toMatch(
      /its header claims \d+ bytes, the file has only 19992 after the length; download .* again/,
    )
  })

  /** Noise as a picture: a seed and a model, and no step. */
  const noise = {
    model: { type: 'model/load', values: { model: 'emoji-world' } },
    noise: { type: 'latent/noise', values: { seed: 3 }, inputs: { model: 'model.model' } },
  }
  const shown = (latent: string) => ({
    decode: { type: 'vae/decode', inputs: { model: 'model.model', latent } },
    save: { type: 'image/save', values: { name: 'fog' }, inputs: { image: 'decode.image' } },
  })

  interface Outputs {
    readonly outputs: readonly { readonly path: string; readonly seeds: Readonly<Record<string, string>> }[]
  }
  async function outputsOf(name: string, workflow: Workflow, ...words: string[]) {
    await writeFile(inDir(name), JSON.stringify(workflow))
    const where = ['--data', inDir('data'), '--device', 'cpu', '--out', inDir(`${name}-out`)]
    const { out } = await groundwork('run', inDir(name), ...where, '--json', ...words)
    return (JSON.parse(out) as Outputs).outputs.map(({ path, seeds }) => [basename(path), seeds])
  }

  it('names the pictures of a sweep over seeds after the seed that made each, and its grid after none', async () => {
    const sweep = { axes: [{ at: 'noise.seed', values: [11, 12] }] }
    const workflow = { ...workflowOf({ ...noise, ...shown('noise.latent') }), sweep }
    expect(await outputsOf('swept.json', workflow)).toEqual([
      ['fog-11.png', { 'noise.seed': '11' }],
      ['fog-12.png', { 'noise.seed': '12' }],
      ['sweep.png', {}],
    ])
  })

  it('sets a value that a subgraph shows, and names the picture after the seed inside', async () => {
    const { model, noise: inner } = noise
    const fog = {
      nodes: workflowOf({ noise: { ...inner, inputs: {} } }).nodes,
      inputs: { model: ['noise.model'] },
      outputs: { latent: 'noise.latent' },
      params: { seed: 'noise.seed' },
    }
    const part = { type: 'subgraph/fog', inputs: { model: 'model.model' } }
    const workflow = { ...workflowOf({ model, part, ...shown('part.latent') }), subgraphs: { fog } }
    expect(await outputsOf('part.json', workflow, '--set', 'part.seed=7')).toEqual([
      ['fog-7.png', { 'part/noise.seed': '7' }],
    ])
  })

  it('says every fault at once, and runs nothing', async () => {
    const { code, err } = await groundwork('run', inDir('faulty.json'), ...machine())
    expect(code).toBe(1)
    expect(err.split('\n').at(0)).toBe('Cannot run the workflow: it has 2 faults')
    expect(err).toContain("did you mean 'image/load'?")
  })

  const set = '--set'
  it.each([
    ['a file that is missing', ['none.json'], 1, "none.json': there is no such file"],
    ['a folder', ['folder'], 1, "folder': it is not a file"],
    ['what is no JSON', ['notes.txt'], 1, 'notes.txt: Cannot read the JSON'],
    ['a PNG without a workflow', ['photo.png'], 1, 'photo.png: Cannot find a workflow in the PNG'],
    ['an unknown node', ['resize.json', set, 'phot.picture=x'], 1, "no node 'phot', did you mean 'photo'?"],
    [
      'a picture that is missing',
      ['resize.json', set, 'photo.picture=/none.png'],
      1,
      "Cannot open '/none.png'",
    ],
    [
      'an unknown device',
      ['resize.json', '--device', 'abacus'],
      2,
      "'abacus': it is unknown, there are auto, cpu",
    ],
    ['an unknown option', ['resize.json', '--sed', 'x'], 2, "Unknown option '--sed'"],
    ['two files', ['resize.json', 'faulty.json'], 2, 'Name only the workflow file'],
  ])('given %s ends with a sentence', async (_what, [file = '', ...words], code, sentence) => {
    const said = await groundwork('run', inDir(file), ...words, ...machine())
    expect([said.code, said.out]).toEqual([code, ''])
    expect(said.err).toContain(sentence)
  })
})

describe('the command line', () => {
  it.each([
    [['run'], 'Name the workflow file'],
    [['rum'], "There is no command 'rum', did you mean 'run'?"],
    [['nodes', 'all'], "'all' is one word too many"],
  ])('does not understand %j, with exit code 2', async (words, sentence) => {
    const { code, err } = await groundwork(...words)
    expect([code, err]).toEqual([2, expect.stringContaining(sentence)])
  })

  it.each([
    [['run', 'none.json'], 1, "Cannot open 'none.json': there is no such file"],
    [['models', 'all'], 2, "'all' is one word too many"],
    [['rum'], 2, "There is no command 'rum', did you mean 'run'?"],
  ])('asked by %j for JSON prints an object also when it fails', async (words, wanted, error) => {
    const { code, out, err } = await groundwork(...words, '--json')
    expect([code, JSON.parse(out)]).toEqual([wanted, { ok: false, error }])
    expect(err).toContain(error)
  })

  it('in a process of its own gives its exit code and nothing but the sentence', async () => {
    const entry = fileURLToPath(new URL('../../server/cli/groundwork.js', import.meta.url))
    const said = await new Promise<Said>((resolve) => {
      execFile(process.execPath, [entry, 'run', 'none.json'], { cwd: dir }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      )
    })
    expect(said).toEqual({ code: 1, out: '', err: "Cannot open 'none.json': there is no such file\n" })
  })
})

describe('groundwork validate', () => {
  it('names every fault with its place, with exit code 1', async () => {
    const { code, out } = await groundwork('validate', inDir('faulty.json'))
    expect(code).toBe(1)
    expect(out).toContain('faulty.json: 2 faults')
    expect(out).toContain('nodes.photo.type: ')
    expect(out).toContain('nodes.small.values.width: ')
  })

  it('gives them as data', async () => {
    const { out } = await groundwork('validate', inDir('faulty.json'), '--json')
    expect(JSON.parse(out)).toMatchObject({ ok: false, faults: { length: 2 } })
  })

  it('names what keeps all of it from running, which is no fault while it is edited', async () => {
    await writeFile(inDir('empty.json'), '{ "groundwork": 1, "nodes": {} }')
    const { code, out } = await groundwork('validate', inDir('empty.json'))
    expect([code, out]).toEqual([1, expect.stringContaining('no node of it would run')])
  })

  it('finds none in a workflow that can run', async () => {
    expect(await groundwork('validate', inDir('resize.json'))).toMatchObject({
      code: 0,
      out: expect.stringContaining('resize.json: no faults'),
    })
  })
})

describe('groundwork', () => {
  it('lists the nodes', async () => {
    const { code, out } = await groundwork('nodes', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toHaveProperty(['sampling/gated-unet-step', 'title'], 'GatedUNetStep')
  })

  it('lists the models, and names the folders that only look like one', async () => {
    await mkdir(join(dir, 'shelf', 'half'), { recursive: true })
    await writeFile(join(dir, 'shelf', 'half', 'model_index.json'), '{}')
    const { code, out, err } = await groundwork('models', '--models', inDir('shelf'), '--json')
    expect([code, JSON.parse(out)]).toEqual([0, { models: [] }])
    expect(err).toMatch(/^half: Cannot /)
  })

  it('says which folder has no parity record', async () => {
    const { code, err } = await groundwork('parity', inDir('folder'))
    expect(code).toBe(1)
    expect(err).toContain('folder')
  })

  it('tells its commands and its version', async () => {
    expect((await groundwork('--help')).out).toContain(
      'validate   Say everything that is wrong with a workflow file',
    )
    expect((await groundwork('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await groundwork('run', '--help')).out).toContain('Usage: groundwork run FILE')
  })

  it('serve refuses a port that is taken, and names --port', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, err } = await groundwork('serve', '--port', String(port))
    expect([code, err]).toEqual([
      1,
      `Cannot listen on port ${port}: another program does, perhaps another Groundwork; end it or choose a port with --port\n`,
    ])
    other.close()
  })

  it.each(['lots', '0', '-1', '8GB'])(
    'serve refuses %j of memory, and says what it could be',
    async (memory) => {
      const { code, err } = await groundwork('serve', '--port', '0', `--memory=${memory}`)
      expect([code, err]).toEqual([
        2,
        expect.stringContaining(
          `Cannot allow '${memory}' of memory: it must be a number of GiB, such as 8 or 1.5`,
        ),
      ])
    },
  )

  it('serve refuses what is no port', async () => {
    expect(await groundwork('serve', '--port', 'http')).toMatchObject({ code: 2 })
  })
})
