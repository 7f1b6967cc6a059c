/** What is known of one job, built event by event. Pure: an event that leaves a gap is not applied but reported. */
import type { FailureCode, JobEvent, JobState, RunReason, Sentence } from '#workflows/protocol.ts'
import type { Workflow } from '#workflows/format.ts'
import { own } from '../document/record.ts'

export type NodeStatus = 'running' | 'done' | 'cached' | 'failed' | 'skipped'

export interface NodeProgress {
  readonly status: NodeStatus
  readonly ms: number
  /** Why the node ran, or that it was cached, in English. */
  readonly why: string
  readonly reasons: readonly RunReason[]
  /** How often it ran and how often it was taken from the cache, over all steps. */
  readonly runs: number
  readonly hits: number
  readonly message?: string
  /** Of a failed one, the message as its parts, where it can be said in other languages. */
  readonly sentence?: Sentence
  readonly value?: string
}

export interface StepProgress {
  /** Steps done so far. */
  readonly done: number
  readonly total: number
  readonly hits: number
  /** What is left of the whole job as the server expected it at `at`, in milliseconds since 1970; null when it cannot say. */
  readonly eta: { readonly ms: number; readonly at: number } | null
}

export interface JobOutput {
  readonly node: string
  readonly picture: string
  readonly width: number
  readonly height: number
  readonly saved: boolean
  /** Which combination of a sweep it shows, one index per axis; null outside a sweep, and for what all cells share. */
  readonly cell: readonly number[] | null
  /** 0-based item of the list that its node was run over; null where it was run once. */
  readonly item: number | null
  /** The labelled picture of all cells that a sweep ends with. */
  readonly isGrid: boolean
}

export interface Job {
  readonly id: string
  /** The workflow as it was sent. */
  readonly workflow: Workflow
  readonly lastSeq: number
  readonly state: JobState
  readonly nodes: Readonly<Record<string, NodeProgress>>
  /** By the node that starts the loop. */
  readonly steps: Readonly<Record<string, StepProgress>>
  readonly outputs: readonly JobOutput[]
  /** Why it failed, or why it waits again. */
  readonly message: string | null
  /** Why it failed, as the server's code for it. */
  readonly failure: FailureCode | null
  readonly ms: number | null
}

export function newJob(id: string, workflow: Workflow): Job {
  return {
    id,
    workflow,
    lastSeq: 0,
    state: 'queued',
    nodes: {},
    steps: {},
    outputs: [],
    message: null,
    failure: null,
    ms: null,
  }
}

export function isOver(job: Job | null): boolean {
  return !job || job.state === 'finished' || job.state === 'failed' || job.state === 'cancelled'
}

export type Reduced = { readonly job: Job; readonly gap: boolean }

/** The job after an event. Events seen before change nothing; `gap` tells that earlier ones are missing. */
export function reduceJob(job: Job, event: JobEvent): Reduced {
  if (event.job !== job.id || event.seq <= job.lastSeq) return { job, gap: false }
  if (event.seq > job.lastSeq + 1) return { job, gap: true }
  return { job: { ...job, ...effect(job, event), lastSeq: event.seq }, gap: false }
}

function effect(job: Job, event: JobEvent): Partial<Job> {
  switch (event.kind) {
    case 'queued':
      // Queued again: what ran it died, and it begins anew.
      return { state: 'queued', nodes: {}, steps: {}, outputs: [], message: event.because ?? null }
    case 'started':
      return { state: 'running', message: null }
    case 'finished':
      return { state: 'finished', ms: event.ms }
    case 'failed':
      return { state: 'failed', message: event.message, failure: event.code, nodes: settled(job) }
    case 'cancelled':
      return { state: 'cancelled', nodes: settled(job) }
    case 'output': {
      const { node, picture, width, height, saved, cell = null, item, grid: isGrid = false } = event
      const output = { node, picture, width, height, saved, cell, item: item?.index ?? null, isGrid }
      return { outputs: [...job.outputs, output] }
    }
    case 'step':
      return { steps: { ...job.steps, [event.node]: afterStep(own(job.steps, event.node), event) } }
    default:
      return { nodes: { ...job.nodes, [event.node]: afterNodeEvent(own(job.nodes, event.node), event) } }
  }
}

type NodeEvent = Extract<
  JobEvent,
  { kind: 'node-started' | 'node-finished' | 'node-failed' | 'node-skipped' | 'value' }
>

const untouched: NodeProgress = { status: 'done', ms: 0, why: '', reasons: [], runs: 0, hits: 0 }

function afterNodeEvent(node: NodeProgress = untouched, event: NodeEvent): NodeProgress {
  switch (event.kind) {
    case 'node-started':
      return { ...node, status: 'running' }
    case 'node-failed': {
      const { message, sentence } = event
      return { ...node, status: 'failed', message, ...(sentence && { sentence }) }
    }
    case 'node-skipped':
      return { ...node, status: 'skipped', message: event.because }
    case 'value':
      return { ...node, value: event.text }
    case 'node-finished': {
      const { runs, cachedRuns: hits, ms, why, reasons } = event
      return { ...node, status: runs === 0 && hits > 0 ? 'cached' : 'done', runs, hits, ms, why, reasons }
    }
  }
}

type StepEvent = Extract<JobEvent, { kind: 'step' }>

function afterStep(step: StepProgress | undefined, event: StepEvent): StepProgress {
  const { index, total, cached, etaMs } = event
  const hits = (index === 0 ? 0 : (step?.hits ?? 0)) + (cached ? 1 : 0)
  return { done: index + 1, total, hits, eta: etaMs === undefined ? null : { ms: etaMs, at: Date.now() } }
}

/** No node runs in a job that is over: one that was stopped has done nothing. */
function settled(job: Job): Job['nodes'] {
  return Object.fromEntries(Object.entries(job.nodes).filter(([, { status }]) => status !== 'running'))
}
