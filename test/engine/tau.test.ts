/** The point of keys by value, with real nodes and a small random model: moving τ costs only the steps that differ. */
import { afterAll, expect, test } from 'vitest'
import { ResultCache } from '#server/engine/cache.ts'
import { example, openEasel, withValues } from '../helpers/paint-example.ts'

const { paint, close } = await openEasel()
afterAll(close)

//  boxes ──► cutoff(τ) ──► unet ──► end ──► decode ──► save
test.each(['ddim', 'dpmpp-2m'])(
  'C2 after τ went from 0.3 to 0.5, %s steps 7 of 10 times and paints the same as afresh',
  async (sampler) => {
    const at = (tau: number) =>
      withValues(example('text-box'), { steps: { sampler, steps: 10 }, cutoff: { on: tau } })
    const cache = new ResultCache(64 * 2 ** 20)
    const before = await paint(at(0.3), cache)
    expect(before.nodes.get('unet')).toMatchObject({ runs: 10, cachedRuns: 0 })
    const after = await paint(at(0.5), cache)
    expect(after.nodes.get('unet')).toMatchObject({
      ...{ runs: 7, cachedRuns: 3 },
      why: 'grounding changed, from step 4',
    })
    const afresh = await paint(at(0.5), new ResultCache(0))
    expect(after.picture).toEqual(afresh.picture)
    expect(after.picture).not.toEqual(before.picture)
  },
)
