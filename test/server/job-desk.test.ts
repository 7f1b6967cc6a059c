import { beforeEach, describe, expect, it } from 'vitest'
import { JobDesk } from '#server/jobs/job-desk.ts'
import { limits } from '#server/limits.ts'
import { FakeRunner } from './helpers/fake-runner.ts'
import { workflowOf } from './helpers/toy-server.ts'

const wait = workflowOf({ waiting: { type: 'toy/wait' } })

let desk: JobDesk

beforeEach(async () => {
  desk = new JobDesk((listener) => new FakeRunner(listener))
  await desk.runner.start()
})

/** Lets the desk hand the next job to its runner. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

function submit(): string {
  const reply = desk.submit(wait)
  if (!reply.ok) throw new Error(reply.faults.map(({ message }) => message).join('; '))
  return reply.job
}

describe('the desk', () => {
  it('gives jobs to the runner one at a time, in the order they came', async () => {
    const jobs = [submit(), submit(), submit()]
    const states = () => jobs.map((job) => desk.view(job)?.state)
    await turn()
    expect(states()).toEqual(['running', 'queued', 'queued'])
    desk.cancel(jobs[0] ?? '')
    expect(states()).toEqual(['cancelled', 'running', 'queued'])
  })

  it('takes a job out of the queue without a word to the runner', async () => {
    const jobs = [submit(), submit()]
    await turn()
    expect(desk.cancel(jobs[1] ?? '')).toEqual({ ok: true })
    expect(jobs.map((job) => desk.view(job)?.state)).toEqual(['running', 'cancelled'])
  })

  it('refuses one job more than may wait, and says what to do', async () => {
    submit()
    await turn()
    for (let i = 0; i < limits.queuedJobs; i++) submit()
    const message = 'Cannot queue the run: 100 are waiting already, wait for one to end or cancel one'
    expect(desk.submit(wait)).toEqual({ ok: false, faults: [{ code: 'busy', path: [], message }] })
  })

  it('gives ids that nobody can guess', () => {
    expect(submit()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
