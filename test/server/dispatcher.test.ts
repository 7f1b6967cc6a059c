import { describe, expect, it, vi } from 'vitest'
import { Dispatcher } from '#server/jobs/dispatcher.ts'
import type { ClaimedJob, EndEvent, JobQueue } from '#server/jobs/job-queue.ts'
import { JobWatchers } from '#server/jobs/job-watchers.ts'
import { limits } from '#server/limits.ts'
import type { EngineEvent } from '#workflows/protocol.ts'
import { FakeRunner } from './helpers/fake-runner.ts'
import { workflowOf } from './helpers/toy-server.ts'

/** A queue on a full disk: what is appended waits. */
class StuckQueue {
  backlog = 0
  readonly appended: (EngineEvent | EndEvent)[] = []
  claim() {
    return Promise.resolve<ClaimedJob | null>({ job: 'a', request: { workflow: workflowOf({}) } })
  }
  giveBack(): void {
    // Nobody looks at it.
  }
  append(_job: string, event: EngineEvent | EndEvent): void {
    this.backlog++
    this.appended.push(event)
  }
}

function dispatcherOf(queue: StuckQueue) {
  let runner: FakeRunner | undefined
  const dispatcher = new Dispatcher((listener) => (runner = new FakeRunner(listener)), {
    queue: queue as unknown as JobQueue,
    watchers: new JobWatchers(limits),
    times: { get: () => null, learn: () => undefined },
    bounds: limits,
  })
  const started = async () => {
    while (!dispatcher.running) await new Promise((resolve) => setImmediate(resolve))
  }
  return { dispatcher, started, report: (event: EngineEvent) => runner?.report(event) }
}

describe('a job that reports while nothing can be stored', () => {
  it.each([
    [-1, false],
    [0, false],
    [1, true],
  ])('fails beyond the limit: after the limit and %i events, %s', async (more, isStopped) => {
    const queue = new StuckQueue()
    const { dispatcher, started, report } = dispatcherOf(queue)
    dispatcher.wake()
    await started()
    for (let event = 0; event < limits.unstoredEvents + more; event++)
      report({ kind: 'value', node: 'a', text: 'x' })
    const end = {
      kind: 'failed',
      code: 'not-stored',
      message: expect.stringContaining('the disk is full; make room and run it again') as string,
    }
    expect(queue.appended.at(-1)).toEqual(isStopped ? end : { kind: 'value', node: 'a', text: 'x' })
    expect(dispatcher.running === null).toBe(isStopped)
    await dispatcher.stop(0)
  })

  it('and is cancelled by somebody ends as cancelled', async () => {
    const queue = new StuckQueue()
    const { dispatcher, started } = dispatcherOf(queue)
    dispatcher.wake()
    await started()
    dispatcher.cancel('a')
    expect(queue.appended).toEqual([{ kind: 'cancelled' }])
    await dispatcher.stop(0)
  })
})

it('a job that is handed in while the queue is asked for another is found', async () => {
  const queue = new StuckQueue()
  const { dispatcher, started } = dispatcherOf(queue)
  const asked = vi.spyOn(queue, 'claim').mockImplementationOnce(async () => {
    dispatcher.wake()
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    return null
  })
  dispatcher.wake()
  await started()
  expect(asked).toHaveBeenCalledTimes(2)
  await dispatcher.stop(0)
})
