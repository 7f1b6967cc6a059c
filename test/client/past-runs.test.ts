import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyWorkflow } from '../../client/document/file.ts'
import { workflow } from '../../client/document/workflow-document.ts'
import { openJob, openJobs } from '../../client/past-runs.ts'
import { useRuns } from '../../client/stores/runs.ts'
import { useTabs } from '../../client/stores/tabs.ts'
import { loop } from './workflows.ts'

const view = {
  job: 'j',
  state: 'queued',
  name: 'loop',
  priority: 0,
  created: 0,
  started: null,
  ended: null,
  ms: null,
  message: null,
  failure: null,
  pictures: [],
  nodes: 4,
  events: [],
}

beforeEach(() => {
  setActivePinia(createPinia())
  workflow.open(emptyWorkflow)
  vi.stubGlobal('fetch', (path: string) =>
    Promise.resolve(Response.json(path.endsWith('/workflow') ? loop : view)),
  )
})
afterEach(() => vi.unstubAllGlobals())

describe('a job of before', () => {
  it('belongs to its tab, although the queue followed it first as a job of nobody', async () => {
    const { id } = useTabs().open(loop)
    await openJob('j', null)
    expect(useRuns().current).toBeNull()
    await openJob('j', id)
    expect(useRuns().current?.job.id).toBe('j')
  })

  it('belongs to its tab, whichever of the two that ask for it is answered first', async () => {
    const { id } = useTabs().open(loop)
    await Promise.all([openJob('j', null), openJobs(['j'], id)])
    expect(useRuns().runs).toHaveLength(1)
    expect(useRuns().current?.job.id).toBe('j')
    await openJob('j', null)
    expect(useRuns().current?.job.id).toBe('j')
  })
})
