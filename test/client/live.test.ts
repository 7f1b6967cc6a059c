import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunReply } from '#workflows/protocol.ts'
import type { Line } from '../../client/api/socket.ts'
import { setValue } from '../../client/document/edits.ts'
import { workflow } from '../../client/document/workflow-document.ts'
import { followChanges } from '../../client/live.ts'
import { runOver } from '../../client/running.ts'
import { useServer } from '../../client/stores/server.ts'
import { useSettings } from '../../client/stores/settings.ts'
import { useTabs } from '../../client/stores/tabs.ts'
import { loop } from './workflows.ts'

/** What answers the runs that were handed in, in their order. */
let answers: ((reply: RunReply) => void)[]
let called: string[]

/** Lets the time pass that live mode waits after an edit. */
const passed = () => vi.advanceTimersByTimeAsync(useSettings().liveAfterMs + 1)
const seed = (value: number) => workflow.edit('value', (draft) => setValue(draft, 'noise', 'seed', value))

async function answer(index: number, job: string): Promise<void> {
  answers[index]?.({ ok: true, job })
  await vi.advanceTimersByTimeAsync(0)
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('navigator', { language: 'en' })
  setActivePinia(createPinia())
  answers = []
  called = []
  const line: Partial<Line> = {
    run: () => new Promise((resolve) => answers.push(resolve)),
    watch: () => Promise.resolve({ ok: true, state: 'queued', events: [] }),
    cancel: (job) => {
      called.push(job)
      return Promise.resolve({ ok: true })
    },
  }
  runOver(line as Line)
  useTabs().open(loop)
  useServer().connected = true
  followChanges()
  useSettings().live = true
})
afterEach(() => {
  useSettings().live = false
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('live mode', () => {
  it('calls off the run that a change makes stale', async () => {
    await passed()
    await answer(0, 'first')
    seed(1)
    await passed()
    expect(called).toEqual(['first'])
  })

  it('calls off a run that was stale before the server said which it is', async () => {
    await passed()
    seed(1)
    await passed()
    await answer(0, 'first')
    await answer(1, 'second')
    expect(called).toEqual(['first'])
    seed(2)
    await passed()
    expect(called).toEqual(['first', 'second'])
  })
})
