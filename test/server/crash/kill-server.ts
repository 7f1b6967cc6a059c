/**
 * Kills a real server again and again while jobs are handed in, and then looks at what it kept. Jobs carry a key, so that what
 * was not acknowledged is handed in again; each writes a line when it runs, so that a second run shows.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { JobState } from '#workflows/protocol.ts'
import { openDatabase } from '#server/store/database.ts'
import { median, seeded } from './seeded.ts'
import { marksIn, spawnToyServer } from './toy-process.ts'

export interface KillReport {
  readonly rounds: number
  readonly seed: number
  readonly acknowledged: number
  /** Acknowledged, and not there or not ended when all is over. */
  readonly lost: number
  /** Keys that became more than one job, or a job that was never handed in. */
  readonly doubled: number
  /** Started when they had finished. */
  readonly ranAgain: number
  readonly extraStarts: number
  readonly extraStartsPerKill: number
  /** Failed because two kills met the same job. */
  readonly parked: number
  /** What `PRAGMA integrity_check` says. */
  readonly integrity: string
  /** Median time from the start of the process to its first answer. */
  readonly readyMs: number
}

const jobsPerRound = 8
/** Handed in again in a round, of those that were not acknowledged. */
const retriesPerRound = 8
/** A kill comes this long after the first job was acknowledged, at most. */
const longestLifeMs = 400
const longestJobMs = 30
/** One kill in so many meets a server that is still starting. */
const killsWhileStarting = 5

interface KeptJob {
  readonly id: string
  readonly key: string
  readonly state: JobState
  readonly code: string | null
  readonly started: number
}

export interface KillOptions {
  readonly rounds: number
  readonly seed: number
  readonly say: (line: string) => void
  /** Asked before each round: whether to end early, with a report of the kills so far. */
  readonly isStopped?: () => boolean
}

export async function killServer(
  dir: string,
  { rounds, seed, say, isStopped = () => false }: KillOptions,
): Promise<KillReport> {
  const random = seeded(seed)
  const client = new Client(random)
  const finished = new Map<string, number>()
  const readyMs: number[] = []
  let ranAgain = 0
  let round = 0

  for (; round < rounds && !isStopped(); round++) {
    const server = spawnToyServer(dir)
    const begin = performance.now()
    if (round > 0 && Math.floor(random() * killsWhileStarting) === 0) {
      await pause(random() * (readyMs.length > 0 ? median(readyMs) : 0))
    } else {
      const url = await server.ready
      if (url === null) throw new Error(`Round ${round}: the server did not start`)
      readyMs.push(performance.now() - begin)
      const { first, all } = client.handIn(url, round)
      await first
      await pause(random() * longestLifeMs)
      server.child.kill('SIGKILL')
      await all
    }
    server.child.kill('SIGKILL')
    await server.ended
    ranAgain += noteFinished(dir, finished)
    if ((round + 1) % 20 === 0) say(`${round + 1} kills, ${client.acknowledged.size} jobs acknowledged`)
  }
  await finishAll(dir, client)
  ranAgain += noteFinished(dir, finished)
  return report(dir, client, { rounds: round, seed, ranAgain, readyMs: median(readyMs) })
}

class Client {
  /** Key of each acknowledged job, with its id. */
  readonly acknowledged = new Map<string, string>()
  readonly #random: () => number
  #open: string[] = []

  constructor(random: () => number) {
    this.#random = random
  }

  /** Hands in new jobs and some without an answer, all at once; `first` is there with the first answer. */
  handIn(url: string, round: number): { first: Promise<unknown>; all: Promise<unknown> } {
    const fresh = Array.from({ length: jobsPerRound }, (_, n) => `${round}-${n}`)
    const again = this.#open.slice(0, retriesPerRound)
    const asked = [...again, ...fresh].map((key) => ({ key, taken: this.#submit(url, key) }))
    const all = Promise.all(asked.map(async ({ key, taken }) => ((await taken) ? [] : [key])))
    const rest = this.#open.slice(retriesPerRound)
    const missing = all.then((keys) => (this.#open = [...rest, ...keys.flat()]))
    return { first: Promise.race(asked.map(({ taken }) => taken)), all: missing }
  }

  async handInRest(url: string): Promise<void> {
    for (const key of this.#open) await this.#submit(url, key)
    this.#open = []
  }

  async #submit(url: string, key: string): Promise<boolean> {
    const ms = Number(key.split('-')[1]) % 2 === 0 ? 0 : Math.floor(this.#random() * longestJobMs)
    // The same request with the same key: how long it takes must follow from the key.
    const values = { text: key, ms: this.#msOf(key, ms) }
    const workflow = { groundwork: 1, nodes: { mark: { type: 'toy/mark', values } } }
    const headers = { 'content-type': 'application/json', 'idempotency-key': key }
    try {
      const answer = await fetch(`${url}/api/jobs`, {
        ...{ method: 'POST', headers, body: JSON.stringify({ workflow }) },
        signal: AbortSignal.timeout(30_000),
      })
      if (answer.status !== 202) return false
      this.acknowledged.set(key, ((await answer.json()) as { job: string }).job)
      return true
    } catch {
      return false
    }
  }

  readonly #msOfKey = new Map<string, number>()

  #msOf(key: string, ms: number): number {
    const known = this.#msOfKey.get(key) ?? ms
    this.#msOfKey.set(key, known)
    return known
  }
}

/** The last server is not killed: everything must come to an end. */
async function finishAll(dir: string, client: Client): Promise<void> {
  const server = spawnToyServer(dir)
  const url = await server.ready
  if (url === null) throw new Error('The last server did not start')
  await client.handInRest(url)
  for (;;) {
    const queue = (await (await fetch(`${url}/api/queue`)).json()) as {
      queued: string[]
      running: string | null
    }
    if (queue.queued.length === 0 && queue.running === null) break
    await pause(50)
  }
  server.child.kill('SIGTERM')
  const code = await server.ended
  if (code !== 0) throw new Error(`The last server was asked to stop and ended with ${code}`)
}

/** Counts jobs that had finished before and have run since; notes those that have finished now. */
function noteFinished(dir: string, finished: Map<string, number>): number {
  const runs = countRuns(dir)
  let again = 0
  for (const { key, state } of keptJobs(dir)) {
    const before = finished.get(key)
    const now = runs.get(key) ?? 0
    if (before !== undefined && now > before) again++
    if (state === 'finished') finished.set(key, now)
  }
  return again
}

function countRuns(dir: string): Map<string, number> {
  const runs = new Map<string, number>()
  const file = marksIn(dir)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  for (const line of lines) runs.set(line, (runs.get(line) ?? 0) + 1)
  return runs
}

const storeOf = (dir: string) => join(dir, 'data', 'groundwork.db')

function keptJobs(dir: string): KeptJob[] {
  const db = openDatabase(storeOf(dir))
  const jobs = db.all<KeptJob & Record<string, string | number | null>>(
    `SELECT id, key, state,
      (SELECT body ->> 'code' FROM event WHERE job = job.ord AND seq = job.seq) AS code,
      (SELECT count(*) FROM event WHERE job = job.ord AND body ->> 'kind' = 'started') AS started
    FROM job`,
  )
  db.close()
  return jobs
}

function report(
  dir: string,
  client: Client,
  known: { rounds: number; seed: number; ranAgain: number; readyMs: number },
): KillReport {
  const jobs = keptJobs(dir)
  const byId = new Map(jobs.map((job) => [job.id, job]))
  const ends: readonly JobState[] = ['finished', 'failed', 'cancelled']
  const lost = [...client.acknowledged.values()].filter((id) => {
    const job = byId.get(id)
    return !job || !ends.includes(job.state)
  })
  const extraStarts = jobs.reduce((sum, { started }) => sum + Math.max(0, started - 1), 0)
  const db = openDatabase(storeOf(dir))
  const integrity = db.get<{ integrity_check: string }>('PRAGMA integrity_check')?.integrity_check ?? ''
  db.close()
  return {
    ...known,
    acknowledged: client.acknowledged.size,
    lost: lost.length,
    doubled: jobs.length - client.acknowledged.size,
    extraStarts,
    extraStartsPerKill: extraStarts / known.rounds,
    parked: jobs.filter(({ code }) => code === 'crashed').length,
    integrity,
  }
}
