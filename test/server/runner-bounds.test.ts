/** What no node may do to the machine: run for ever, or take all of its memory. Neither can be stopped from within. */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { limits } from '#server/limits.ts'
import type { SupervisorBounds } from '#server/runner/supervisor.ts'
import { hoard, hostileDetector } from '../helpers/hostile-detector.ts'
import { writeTinyDetector } from '../helpers/tiny-detector.ts'
import { openEditor, startToyServer, workflowOf, type Editor } from './helpers/toy-server.ts'

const MiB = 2 ** 20
const greet = workflowOf({ greeting: { type: 'toy/text' } })

let server: Awaited<ReturnType<typeof startToyServer>>
let editor: Editor

async function serve(bounds: Partial<SupervisorBounds>): Promise<void> {
  server = await startToyServer({ ...limits, ...bounds })
  editor = await openEditor(server)
}

/** How a workflow of this one node ends; after it the next job has to run. */
async function endOf(node: string, type: string, values = {}) {
  const job = await editor.run(workflowOf({ [node]: { type, values } }))
  const next = await editor.run(greet)
  const end = await editor.until(job, 'finished')
  expect(await editor.until(next, 'finished')).toMatchObject({ kind: 'finished' })
  return { end, events: editor.events.filter((event) => event.job === job) }
}

/** A model whose detector is this one; it lies where the operator puts models. */
async function bringModel(detector: Uint8Array): Promise<void> {
  const model = join(server.dir, 'models', 'crafted')
  await cp(fileURLToPath(new URL('../fixtures/pipeline', import.meta.url)), model, { recursive: true })
  await writeFile(join(model, 'model_index.json'), '{}')
  await writeTinyDetector(model)
  await writeFile(join(model, 'detector', 'model.onnx'), detector)
}

afterEach(async () => {
  editor.close()
  await server.close()
})

describe('a node that never returns', () => {
  it('fails its job with its name when its time is over, and the next job runs', async () => {
    await serve({ nodeMs: 1_000 })
    const before = server.runner.pid
    const { end, events } = await endOf('stuck', 'toy/hang')
    const message = expect.stringMatching(/^Cannot run node 'stuck': it took longer than/)
    expect(end).toMatchObject({ kind: 'failed', code: 'took-too-long', message })
    expect(events.filter(({ kind }) => kind === 'node-failed')).toMatchObject([{ node: 'stuck', message }])
    expect(events.filter(({ kind }) => kind === 'started')).toHaveLength(1)
    expect(server.runner.pid).not.toBe(before)
  })
})

describe.runIf(process.platform === 'linux')('the memory of a runner', () => {
  it('over the bound fails the job of the node that took it, and the next job runs', async () => {
    await serve({ runnerMemoryBytes: 500 * MiB, memoryCheckMs: 20 })
    const { end } = await endOf('hoard', 'toy/hoard', { mebibytes: 600 })
    expect(end).toMatchObject({
      kind: 'failed',
      code: 'out-of-memory',
      message: expect.stringMatching(/^Cannot run node 'hoard': it took more than 0\.5 GiB of memory/),
    })
  })

  it('taken by a crafted network inside the runtime ends the runner alone, and the next job runs', async () => {
    await serve({ runnerMemoryBytes: 500 * MiB, memoryCheckMs: 20 })
    await bringModel(hostileDetector(hoard(2)))
    const { end } = await endOf('look', 'toy/look', { model: 'crafted' })
    expect(end).toMatchObject({ kind: 'failed', code: 'out-of-memory' })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })

  it('below the bound is let be', async () => {
    await serve({ runnerMemoryBytes: 900 * MiB, memoryCheckMs: 20, nodeMs: 1_000 })
    expect((await endOf('hoard', 'toy/hoard', { mebibytes: 400 })).end).toMatchObject({
      code: 'took-too-long',
    })
  })

  it('that the whole machine lacks is taken from the runner, not from the server', async () => {
    await serve({})
    const badness = async (pid: number | null) => Number(await readFile(`/proc/${pid}/oom_score_adj`, 'utf8'))
    expect(await badness(server.runner.pid)).toBeGreaterThan(await badness(process.pid))
  })
})
