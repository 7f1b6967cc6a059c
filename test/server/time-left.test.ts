import { describe, expect, it } from 'vitest'
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import type { EngineEvent } from '#workflows/protocol.ts'
import { TimeLeft, type NodeTimes } from '#server/jobs/time-left.ts'
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import { serverConfig } from '#server/config.ts'

// noise ─► steps ─► unet ─► end ─► decode ─► save
const workflow: Workflow = {
  groundwork: 1,
  nodes: {
    model: { type: 'model/load' },
    text: { type: 'text/encode', inputs: { model: 'model.model' } },
    noise: { type: 'latent/noise', inputs: { model: 'model.model' } },
    steps: { type: 'sampling/steps', inputs: { model: 'model.model', noise: 'noise.latent' } },
    unet: {
      type: 'sampling/gated-unet-step',
      inputs: {
        ...{ model: 'model.model', step: 'steps.step', latent: 'steps.latent' },
        ...{ positive: 'text.conditioning', negative: 'text.conditioning' },
      },
    },
    end: { type: 'sampling/end-steps', inputs: { latent: 'unet.latent' } },
    decode: { type: 'vae/decode', inputs: { model: 'model.model', latent: 'end.latent' } },
    save: { type: 'image/save', inputs: { image: 'decode.image' } },
  },
}

const nodesDir = serverConfig({}, {}).runner.nodesDir
const catalogue: Catalogue = catalogueOf(await loadRegistry(nodesDir), { models: ['m'], adapters: ['auto'] })

function open(known: Record<string, number> = {}) {
  const clock = { now: 0 }
  const learnt = new Map<string, number>()
  const times: NodeTimes = {
    get: (type) => known[type] ?? null,
    learn: (all) => all.forEach((ms, type) => learnt.set(type, ms)),
  }
  const left = new TimeLeft({ workflow }, catalogue, times, () => clock.now)
  const step = (index: number, ms: number, cached = false): number | undefined => {
    clock.now += ms
    const event = left.note({ kind: 'step', node: 'steps', index, total: 10, cached })
    return event.kind === 'step' ? event.etaMs : undefined
  }
  return { left, learnt, step }
}

describe('the time left', () => {
  it('is not told from the first step, which loads the networks', () => {
    const { step } = open()
    expect([step(0, 5_000), step(1, 100), step(2, 100)]).toEqual([undefined, 800, 700])
  })

  it('follows a change of pace, and one slow step does not change it', () => {
    const { step } = open()
    for (const index of [0, 1, 2, 3]) step(index, 100)
    expect(step(4, 3_000)).toBe(500)
    for (const index of [5, 6, 7]) step(index, 200)
    expect(step(8, 200)).toBe(200)
  })

  it('counts steps from the cache as no measure', () => {
    const { step } = open()
    for (const index of [0, 1, 2]) expect(step(index, 1, true)).toBeUndefined()
    step(3, 100)
    expect(step(4, 100)).toBe(500)
  })

  it('adds what the nodes after the loop took before', () => {
    const { step } = open({ 'vae/decode': 40, 'image/save': 5 })
    for (let index = 0; index < 9; index++) step(index, 10)
    expect(step(9, 10)).toBe(45)
  })

  it('learns what nodes took, for the next job, once the job has finished', () => {
    const { left, learnt } = open()
    const finished: EngineEvent = {
      ...{ kind: 'node-finished', node: 'decode', runs: 2, cachedRuns: 0, ms: 80 },
      ...{ why: 'first run', reasons: [] },
    }
    left.note(finished)
    left.note({ ...finished, runs: 1, ms: 10 })
    left.note({ ...finished, node: 'save', runs: 0, cachedRuns: 1, ms: 0 })
    expect(learnt.size).toBe(0)
    left.learn()
    expect([...learnt]).toEqual([['vae/decode', 30]])
  })
})
