/** Figures for Prometheus. Every label has a closed set of values: nothing that a visitor sends becomes one. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { JobEvent } from '#workflows/protocol.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { NodeTimes } from '../jobs/time-left.ts'

export interface MetricsParts {
  readonly queue: JobQueue
  isRunnerUp(): boolean
  socketCount(): number
}

const fast = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10]
const slow = [0.1, 0.5, 2, 10, 30, 120, 600, 3600]

/** One set of figures per server: several in one process do not meet. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests: Histogram<'route' | 'code'>
  readonly #nodes: Histogram<'type'>

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    this.#requests = new Histogram({
      ...{ name: 'http_request_seconds', help: 'Time to answer', buckets: fast, registers },
      labelNames: ['route', 'code'],
    })
    this.#nodes = new Histogram({
      ...{
        name: 'node_run_seconds',
        help: 'Mean run of a type of node, once per job that finished',
        buckets: slow,
        registers,
      },
      labelNames: ['type'],
    })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** @param route its method and path as in the table. */
  answered(route: string, status: number, seconds: number): void {
    this.#requests.observe({ route, code: `${Math.floor(status / 100)}xx` }, seconds)
  }

  /** The same times, counted as they are learnt; types of nodes are those of this machine's catalogue. */
  counted(times: NodeTimes): NodeTimes {
    return {
      get: (type) => times.get(type),
      learn: (learnt) => {
        for (const [type, ms] of learnt) this.#nodes.observe({ type }, ms / 1000)
        times.learn(learnt)
      },
    }
  }

  watch({ queue, isRunnerUp, socketCount }: MetricsParts): void {
    const registers = [this.#registry]
    countJobs(queue, registers)
    gauge(registers, 'runner_up', 'Whether the runner can work', () => Number(isRunnerUp()))
    gauge(registers, 'ws_clients', 'Editors connected', socketCount)
    gauge(registers, 'store_backlog', 'Events that wait to be stored', () => queue.backlog)
    gauge(registers, 'jobs_queued', 'Jobs that wait', async () => (await queue.view()).queued.length)
    gauge(registers, 'jobs_running', 'Jobs that run', async () =>
      Number((await queue.view()).running !== null),
    )
    gauge(registers, 'queue_paused', 'Whether the queue is paused', async () =>
      Number((await queue.view()).paused),
    )
  }
}

function gauge(
  registers: Registry[],
  name: string,
  help: string,
  read: () => number | Promise<number>,
): void {
  new Gauge({
    ...{ name, help, registers },
    async collect() {
      this.set(await read())
    },
  })
}

function countJobs(queue: JobQueue, registers: Registry[]): void {
  const jobs = new Counter({
    ...{ name: 'jobs_total', help: 'Jobs that ended, and why they failed', registers },
    labelNames: ['state', 'reason'] as const,
  })
  const starts = new Counter({ name: 'job_starts_total', help: 'Starts of jobs', registers })
  const givenBack = new Counter({
    ...{ name: 'jobs_given_back_total', help: 'Jobs queued again because what ran them ended', registers },
  })
  const waits = new Histogram({
    ...{ name: 'job_wait_seconds', help: 'From the queue to the start', buckets: slow, registers },
  })
  const runs = new Histogram({
    ...{ name: 'job_run_seconds', help: 'From the start to the end', buckets: slow, registers },
  })
  const since = new Map<string, number>()
  queue.subscribe({
    changed: () => undefined,
    event(event: JobEvent) {
      const seconds = (performance.now() - (since.get(event.job) ?? Number.NaN)) / 1000
      switch (event.kind) {
        case 'queued':
          if (event.seq > 1) givenBack.inc()
          since.set(event.job, performance.now())
          return
        case 'started':
          starts.inc()
          // A job from before this server started has waited nobody knows how long.
          if (Number.isFinite(seconds)) waits.observe(seconds)
          since.set(event.job, performance.now())
          return
        case 'finished':
        case 'failed':
        case 'cancelled':
          jobs.inc({ state: event.kind, reason: event.kind === 'failed' ? event.code : '' })
          if (event.kind === 'finished' && Number.isFinite(seconds)) runs.observe(seconds)
          since.delete(event.job)
      }
    },
  })
}
