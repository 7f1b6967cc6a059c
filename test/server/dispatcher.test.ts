import { describe, expect, it } from 'vitest'
import { Dispatcher } from '#server/jobs/dispatcher.ts'
import type { JobQueue } from '#server/jobs/job-queue.ts'
import { JobWatchers } from '#server/jobs/job-watchers.ts'
import { limits } from '#server/limits.ts'
import { FakeRunner } from './helpers/fake-runner.ts'
import { workflowOf } from './helpers/toy-server.ts'

/** A queue on a full disk: what is appended waits. */
class StuckQueue {
  backlog = 0
  readonly appended: string[] = []
  claim() {
    return Promise.resolve({ job: 'a', request: { workflow: workflowOf({}) } })
  }
  giveBack(): void {
    // Nobody looks at it.
  }
  append(_job: string, { kind }: { readonly kind: string }): void {
    this.backlog++
    this.appended.push(kind)
  }
}

describe('a job that reports while nothing can be stored', () => {
  it.each([
    [-1, false],
    [0, false],
    [1, true],
  ])('is stopped beyond the limit: after the limit and %i events, %s', async (more, isStopped) => {
    const queue = new StuckQueue()
    let runner: FakeRunner | undefined
    const dispatcher = new Dispatcher((listener) => (runner = new FakeRunner(listener)), {
      queue: queue as unknown as JobQueue,
      watchers: new JobWatchers(limits),
      times: { get: () => null, learn: () => undefined },
      bounds: limits,
    })
    dispatcher.wake()
    while (!dispatcher.running) await new Promise((resolve) => setImmediate(resolve))
    for (let event = 0; event < limits.unstoredEvents + more; event++)
      runner?.report({ kind: 'value', node: 'a', text: 'x' })
    expect([queue.appended.includes('cancelled'), dispatcher.running === null]).toEqual([
      isStopped,
      isStopped,
    ])
    await dispatcher.stop(0)
  })
})
