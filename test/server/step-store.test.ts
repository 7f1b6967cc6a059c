import { mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CarriedStep } from '#server/engine/engine.ts'
import { openStepStore, type StepStore } from '#server/steps/step-store.ts'

const bounds = { keptStepsJobs: 3, keptStepsBytes: 100_000, keptStepsBytesPerJob: 20_000 }
const jobOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const [job, other] = [jobOf(1), jobOf(2)]

const model = { id: 'm', hash: 'h' }
const latent = (value: number, size = 4) => ({
  model,
  samples: { data: new Float32Array(size).fill(value), shape: [1, 1, 1, size] },
})

function step(index: number, more: Partial<CarriedStep> = {}): CarriedStep {
  return {
    ...{ node: 'steps', index, total: 5, beta: index < 2 ? 1 : 0 },
    carried: { latent: latent(index), seed: 2n ** 64n - 1n },
    body: { unet: { latent: latent(index), denoised: latent(index + 0.5) } },
    ...more,
  }
}

let dir: string
let steps: StepStore

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'groundwork-steps-'))
  steps = openStepStore(dir, bounds)
})

afterEach(() => rm(dir, { recursive: true }))

async function keepAll(name: string, kept: readonly CarriedStep[]): Promise<void> {
  const keeper = await steps.begin(name)
  for (const one of kept) await keeper.keep(one)
}

describe('the store of steps', () => {
  it('gives back what a step carried as it was, and the estimate to draw', async () => {
    await keepAll(job, [step(0), step(1)])
    expect(await steps.read({ job, node: 'steps', index: 1 })).toEqual({
      carried: { latent: latent(1), seed: 18446744073709551615n },
      latent: latent(1.5),
    })
  })

  it('lists the steps in their order', async () => {
    await keepAll(job, [step(0), step(2)])
    expect(await steps.list(job)).toEqual([
      { node: 'steps', index: 0, total: 5, beta: 1 },
      { node: 'steps', index: 2, total: 5, beta: 0 },
    ])
  })

  it('draws from what the loop carries where no node gives an estimate, or from nothing', async () => {
    await keepAll(job, [step(0, { body: {} }), step(1, { body: {}, carried: { text: 'a cat' } })])
    expect((await steps.read({ job, node: 'steps', index: 0 }))?.latent).toEqual(latent(0))
    expect((await steps.read({ job, node: 'steps', index: 1 }))?.latent).toBeNull()
  })

  it('tells the cells of a sweep apart, and shows the first by itself', async () => {
    const at = (cell: number[], value: number) =>
      step(0, { cell, carried: { latent: latent(value) }, body: {} })
    await keepAll(job, [at([0, 0], 1), at([0, 1], 2)])
    const read = async (cell?: number[]) =>
      (await steps.read({ job, node: 'steps', index: 0, ...(cell && { cell }) }))?.latent
    expect([await read(), await read([0, 1]), await read([3, 3])]).toEqual([latent(1), latent(2), undefined])
    expect((await steps.list(job)).map(({ cell }) => cell)).toEqual([
      [0, 0],
      [0, 1],
    ])
  })

  it('gives a step of every item of a list, of the cell that is asked for', async () => {
    const at = (cell: number[], index: number) =>
      step(0, { cell, item: { index, total: 2 }, carried: { of: [...cell, index] }, body: {} })
    await keepAll(job, [at([0], 0), at([0], 1), at([1], 0), at([1], 1), step(1, { carried: { of: 'one' } })])
    const items = async (index: number, cell?: number[]) =>
      (await steps.readItems({ job, node: 'steps', index, ...(cell && { cell }) })).map(
        ({ carried }) => carried['of'],
      )
    expect(await items(0)).toEqual([
      [0, 0],
      [0, 1],
    ])
    expect(await items(0, [1])).toEqual([
      [1, 0],
      [1, 1],
    ])
    expect([await items(1), await items(7)]).toEqual([['one'], []])
  })

  it('forgets with a new start of a job what the start before kept', async () => {
    await keepAll(job, [step(0), step(1)])
    await keepAll(job, [step(0)])
    expect(await steps.list(job)).toHaveLength(1)
  })

  it('has nothing of a job that kept nothing', async () => {
    expect(await steps.list(job)).toEqual([])
    expect(await steps.read({ job, node: 'steps', index: 0 })).toBeNull()
  })

  it('keeps whole steps only, when the process ended while it wrote', async () => {
    await keepAll(job, [step(0), step(1)])
    await truncate(join(dir, 'steps', job, 'steps.jsonl'), 80)
    expect((await steps.list(job)).map(({ index }) => index)).toEqual([0])
  })

  it('takes no name of a folder from outside', async () => {
    await writeFile(join(dir, 'steps.jsonl'), `${JSON.stringify({ ...step(0), carried: {}, body: {} })}\n`)
    for (const name of ['..', '../..', '.', '', 'none', `${job}/..`])
      expect(await steps.list(name)).toEqual([])
  })
})

describe('the room of the store', () => {
  /** What a step takes on the disk. */
  async function bytesOf(one: CarriedStep): Promise<number> {
    await keepAll(other, [one])
    const { size } = await stat(join(dir, 'steps', other, '0.step'))
    await rm(join(dir, 'steps'), { recursive: true })
    return size
  }

  const kept = async (jobs: readonly string[]) => {
    const lists = await Promise.all(jobs.map((one) => steps.list(one)))
    return lists.map(({ length }) => length)
  }

  it.each([
    [-1, 1],
    [0, 2],
    [1, 2],
  ])('of one job, for two steps and %i bytes, keeps %i and lets the run go on', async (more, count) => {
    const keptStepsBytesPerJob = 2 * (await bytesOf(step(0))) + more
    steps = openStepStore(dir, { ...bounds, keptStepsBytesPerJob })
    await keepAll(job, [step(0), step(0), step(0)])
    expect(await kept([job])).toEqual([count])
  })

  it.each([
    [-1, [0, 1, 1]],
    [0, [1, 1, 1]],
    [1, [1, 1, 1]],
  ])('of all jobs, for two and what one more may take and %i bytes, holds %j', async (more, expected) => {
    const size = await bytesOf(step(0))
    const keptStepsBytes = 2 * size + bounds.keptStepsBytesPerJob + more
    steps = openStepStore(dir, { ...bounds, keptStepsBytes })
    const jobs = [jobOf(1), jobOf(2), jobOf(3)]
    for (const [age, one] of jobs.entries()) {
      await keepAll(one, [step(0)])
      await utimes(join(dir, 'steps', one), age + 1, age + 1)
    }
    expect(await kept(jobs)).toEqual(expected)
  })

  it.each([2, 3, 4])('for three jobs, when %i kept steps, is made by removing the oldest', async (count) => {
    const jobs = Array.from({ length: count }, (_, n) => jobOf(n + 1))
    for (const [age, one] of jobs.entries()) {
      await keepAll(one, [step(0)])
      await utimes(join(dir, 'steps', one), age + 1, age + 1)
    }
    expect((await readdir(join(dir, 'steps'))).sort()).toEqual(jobs.slice(-bounds.keptStepsJobs))
  })

  it.each(['.DS_Store', jobOf(9)])('is made beside a stray file %s', async (name) => {
    await mkdir(join(dir, 'steps'))
    await writeFile(join(dir, 'steps', name), '')
    await keepAll(job, [step(0)])
    expect(await steps.list(job)).toHaveLength(1)
  })

  it('is not taken by a job that keeps nothing', async () => {
    await keepAll(other, [])
    expect(await readdir(dir)).toEqual([])
  })
})
