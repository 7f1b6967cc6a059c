/**
 * What each iteration of a loop carried on, on disk: to be drawn, and to begin from again. A folder per job, a file per step,
 * and a list of them. Bounded in bytes and jobs; what finds no room is not kept, and the run goes on.
 */
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Latent } from '#nodes/values.ts'
import type { KeptStep } from '#workflows/protocol.ts'
import type { CarriedStep } from '../engine/engine.ts'
import { log } from '../log.ts'

export interface StepBounds {
  /** Jobs whose steps are kept. */
  readonly keptStepsJobs: number
  /** Steps of all jobs together; checked before a job begins. */
  readonly keptStepsBytes: number
  /** Steps of one job. */
  readonly keptStepsBytesPerJob: number
}

/** Where a step stands. In a sweep or over a list, without a place, the first cell and the first item are meant. */
export interface StepPlace {
  readonly job: string
  readonly node: string
  readonly index: number
  readonly cell?: readonly number[]
  readonly item?: number
}

export interface StoredStep {
  readonly carried: Readonly<Record<string, unknown>>
  /** What a picture of the step is drawn from; null when nothing in the loop was a latent. */
  readonly latent: Latent | null
}

export interface StepStore {
  /** Forgets what an earlier start of the job kept; with the first step it keeps, it makes room. */
  begin(job: string): Promise<StepKeeper>
  /** Those of all cells and items, in the order in which they were made. */
  list(job: string): Promise<readonly KeptStep[]>
  read(place: StepPlace): Promise<StoredStep | null>
  /** The step of every item, in order, as far as they were kept; of a loop that was run over no list there is one. */
  readItems(place: Omit<StepPlace, 'item'>): Promise<readonly StoredStep[]>
}

export interface StepKeeper {
  keep(step: CarriedStep): Promise<void>
}

/** A line of the list. */
type Entry = KeptStep & { readonly bytes: number }

export function openStepStore(dataDir: string, bounds: StepBounds): StepStore {
  const root = join(dataDir, 'steps')
  async function read({ job, node, index, ...place }: StepPlace): Promise<StoredStep | null> {
    const dir = folderOf(root, job)
    const entries = await readList(dir)
    const at = entries.findIndex((one) => one.node === node && one.index === index && isAt(one, place))
    if (at < 0) return null
    return deserialize(await readFile(fileOf(dir, at))) as StoredStep
  }

  return {
    read,
    async readItems(place) {
      const steps: StoredStep[] = []
      for (;;) {
        const step = await read({ ...place, item: steps.length })
        if (!step) return steps
        steps.push(step)
      }
    },
    async begin(job) {
      const dir = folderOf(root, job)
      await rm(dir, { recursive: true, force: true })
      return new Keeper(dir, bounds)
    },
    async list(job) {
      const entries = await readList(folderOf(root, job))
      return entries.map(({ node, index, total, beta, cell, item }) => ({
        ...{ node, index, total, beta },
        ...(cell && { cell }),
        ...(item && { item }),
      }))
    },
  }
}

class Keeper implements StepKeeper {
  readonly #dir: string
  readonly #bounds: StepBounds
  #room: number
  #count = 0

  constructor(dir: string, bounds: StepBounds) {
    this.#dir = dir
    this.#bounds = bounds
    this.#room = bounds.keptStepsBytesPerJob
  }

  async keep({ carried, body, node, index, total, beta, cell, item }: CarriedStep): Promise<void> {
    if (this.#room <= 0) return
    const bytes = serialize({ carried, latent: latentIn(carried, body) } satisfies StoredStep)
    this.#room -= bytes.length
    if (this.#room < 0) return
    const place = { ...(cell && { cell }), ...(item && { item }) }
    const entry: Entry = { node, index, total, beta, ...place, bytes: bytes.length }
    try {
      if (this.#count === 0) await this.#open()
      await writeFile(fileOf(this.#dir, this.#count), bytes, { mode: 0o600 })
      await appendFile(listOf(this.#dir), `${JSON.stringify(entry)}\n`, { mode: 0o600 })
      this.#count++
    } catch (error) {
      log.warn({ err: error }, 'steps of this job are not kept any more')
      this.#room = 0
    }
  }

  async #open(): Promise<void> {
    await mkdir(dirname(this.#dir), { recursive: true, mode: 0o700 })
    await makeRoom(dirname(this.#dir), this.#bounds)
    await mkdir(this.#dir, { mode: 0o700 })
  }
}

/** Job ids are made by the server; whatever else comes names no folder. */
const jobPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function folderOf(root: string, job: string): string {
  return join(root, jobPattern.test(job) ? job : 'none')
}

const listOf = (dir: string): string => join(dir, 'steps.jsonl')
const fileOf = (dir: string, at: number): string => join(dir, `${at}.step`)

async function readList(dir: string): Promise<Entry[]> {
  const text = await readFile(listOf(dir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  // What is not a whole line was being written when the process ended.
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Entry)
}

function isAt({ cell, item }: Entry, wish: Pick<StepPlace, 'cell' | 'item'>): boolean {
  const inCell = (cell ?? []).every((at, axis) => at === (wish.cell?.[axis] ?? 0))
  return inCell && (item?.index ?? 0) === (wish.item ?? 0)
}

/** The last estimate of the finished picture that a node of the body gave, or else a latent that the loop carries. */
function latentIn(carried: CarriedStep['carried'], body: CarriedStep['body']): Latent | null {
  const estimates = Object.values(body).map(({ denoised }) => denoised)
  const found = [...estimates.reverse(), ...Object.values(carried)].find(isLatent)
  return found ? { model: found.model, samples: found.samples } : null
}

function isLatent(value: unknown): value is Latent {
  return typeof value === 'object' && value !== null && 'samples' in value && 'model' in value
}

/** Removes the oldest jobs until the rest, and one more job, have room. */
async function makeRoom(root: string, bounds: StepBounds): Promise<void> {
  const jobs = await Promise.all(
    (await readdir(root)).filter((name) => jobPattern.test(name)).map((name) => measure(join(root, name))),
  )
  jobs.sort((a, b) => b.changed - a.changed)
  let bytes = 0
  for (const [place, job] of jobs.entries()) {
    bytes += job.bytes
    if (place >= bounds.keptStepsJobs - 1 || bytes > bounds.keptStepsBytes - bounds.keptStepsBytesPerJob)
      await rm(job.dir, { recursive: true, force: true })
  }
}

/** What cannot be measured takes nothing, and is the first to go. */
async function measure(dir: string): Promise<{ dir: string; bytes: number; changed: number }> {
  try {
    const [entries, { mtimeMs }] = await Promise.all([readList(dir), stat(dir)])
    return { dir, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0), changed: mtimeMs }
  } catch {
    return { dir, bytes: 0, changed: 0 }
  }
}
