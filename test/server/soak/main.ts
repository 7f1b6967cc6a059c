/**
 * `npm run soak -- [--jobs N] [--workflow FILE]`: runs a small grounded picture again and again on a real server and its real
 * runner, each time with another seed, and prints how memory and open files grow. Ends with 1 when either grows too much.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Workflow } from '#workflows/format.ts'
import { projectDir, serverConfig } from '#server/config.ts'
import { limits } from '#server/limits.ts'
import { startServer } from '#server/main.ts'
import { Supervisor } from '#server/runner/supervisor.ts'

interface Sample {
  readonly job: number
  /** Resident memory of each process, in KB. */
  readonly serverKb: number
  readonly runnerKb: number
  /** Open files of both processes. */
  readonly files: number
}

/** Caches fill and the heap settles before this many jobs. */
const warmJobs = 200
const sampleEvery = 25
const mostKbPerJob = 20

const { values } = parseArgs({ options: { jobs: { type: 'string' }, workflow: { type: 'string' } } })
const jobs = Number(values.jobs ?? 1_000)
const file = values.workflow ?? join(projectDir, 'workflows/examples/text-box.json')
const dir = await mkdtemp(join(tmpdir(), 'groundwork-soak-'))
const config = serverConfig({ port: '0', data: join(dir, 'data'), device: 'cpu' }, {})
let supervisor: Supervisor | undefined
const server = await startServer(config, (listener) => {
  // No spare runner: the process that is measured is the one that works.
  // A small cache: it is full, and grows no more, before the measuring begins.
  const options = { ...config.runner, cacheBytes: 8 * 1024 * 1024 }
  supervisor = new Supervisor(options, listener, { ...limits, spareAfterMs: 2 ** 31 - 1 })
  return supervisor
})
const runnerPid = supervisor?.pid ?? 0

const workflow = small(JSON.parse(await readFile(file, 'utf8')) as Workflow)
const samples: Sample[] = []
for (let job = 1; job <= jobs; job++) {
  await runOnce(withSeed(workflow, job))
  if (job % sampleEvery !== 0) continue
  globalThis.gc?.()
  const sample = await measure(job)
  samples.push(sample)
  if (job % 100 === 0)
    console.error(
      `${job} jobs: server ${sample.serverKb} KB, runner ${sample.runnerKb} KB, ${sample.files} files`,
    )
}
await server.close()
await rm(dir, { recursive: true, force: true })

const steady = samples.filter(({ job }) => job >= Math.min(warmJobs, jobs / 2))
const slopes = [slope(steady, 'serverKb'), slope(steady, 'runnerKb')]
const files = [steady[0]?.files ?? 0, steady.at(-1)?.files ?? 0]
console.log(`jobs                   ${jobs}, each with another seed
memory of the server   ${slopes[0]?.toFixed(1)} KB a job after the first ${warmJobs}
memory of the runner   ${slopes[1]?.toFixed(1)} KB a job after the first ${warmJobs}
open files             ${files[0]} then, ${files[1]} at the end`)
const grows = slopes.some((kb) => kb > mostKbPerJob) || (files[1] ?? 0) > (files[0] ?? 0)
process.exitCode = grows ? 1 : 0

/** Few steps: the path is the same, the time is not. */
function small(original: Workflow): Workflow {
  const nodes = Object.entries(original.nodes).map(([id, node]) => [
    id,
    node.type === 'sampling/steps' ? { ...node, values: { ...node.values, steps: 3 } } : node,
  ])
  return { ...original, nodes: Object.fromEntries(nodes) as Workflow['nodes'] }
}

function withSeed(original: Workflow, seed: number): Workflow {
  const nodes = Object.entries(original.nodes).map(([id, node]) => [
    id,
    node.type === 'latent/noise' ? { ...node, values: { ...node.values, seed } } : node,
  ])
  return { ...original, nodes: Object.fromEntries(nodes) as Workflow['nodes'] }
}

async function runOnce(toRun: Workflow): Promise<void> {
  const reply = await server.desk.submit({ workflow: toRun })
  if (!reply.ok) throw new Error(reply.faults.map(({ message }) => message).join('; '))
  const watch = await server.desk.watch(reply.job, 0, { event: onEvent, preview: () => undefined })
  let settle: (problem: string | null) => void = () => undefined
  const ended = new Promise<string | null>((resolve) => (settle = resolve))
  function onEvent({ kind, ...event }: { readonly kind: string; readonly message?: string }): void {
    if (kind === 'finished') settle(null)
    if (kind === 'failed') settle(event.message ?? 'it failed')
  }
  watch?.events.forEach(onEvent)
  watch?.open()
  const problem = await ended
  watch?.close()
  if (problem !== null) throw new Error(problem)
}

async function measure(job: number): Promise<Sample> {
  const [serverKb = 0, runnerKb = 0] = [process.pid, runnerPid].map(residentKb)
  const open = await Promise.all([process.pid, runnerPid].map(openFiles))
  return { job, serverKb, runnerKb, files: open.reduce((sum, count) => sum + count, 0) }
}

function residentKb(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString())
}

/** Where the system does not list them, they count as none. */
async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`).catch(() => [])).length
}

/** Of the line of least squares. */
function slope(points: readonly Sample[], what: 'serverKb' | 'runnerKb'): number {
  const meanX = points.reduce((sum, { job }) => sum + job, 0) / points.length
  const meanY = points.reduce((sum, point) => sum + point[what], 0) / points.length
  const above = points.reduce((sum, point) => sum + (point.job - meanX) * (point[what] - meanY), 0)
  const below = points.reduce((sum, { job }) => sum + (job - meanX) ** 2, 0)
  return below === 0 ? 0 : above / below
}
