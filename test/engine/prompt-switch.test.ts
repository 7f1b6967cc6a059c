/** A branch that depends on the step, with real nodes and a small random model. */
import { afterAll, expect, test } from 'vitest'
import { ResultCache } from '#server/engine/cache.ts'
import type { Workflow } from '#workflows/format.ts'
import { example, openEasel, withValues } from '../helpers/paint-example.ts'

const { paint, close } = await openEasel()
afterAll(close)

const { nodes } = example('prompt-switch')
const switchedAt = (at: number) =>
  withValues({ groundwork: 1, nodes }, { steps: { steps: 10 }, info: { at } })

//  step ──► info(at) ──► switch(text, later) ──► unet
test('Z4 a text that no step takes is not encoded', async () => {
  const encoded = async (at: number) => {
    const { nodes } = await paint(switchedAt(at), new ResultCache(0))
    return ['text', 'later'].filter((id) => nodes.has(id))
  }
  expect([await encoded(0), await encoded(0.3), await encoded(1)]).toEqual([
    ['later'],
    ['text', 'later'],
    ['text'],
  ])
})

test('C2 after the prompt switches at 0.5 in place of 0.3, the 3 steps before both are not run again', async () => {
  const cache = new ResultCache(64 * 2 ** 20)
  const before = await paint(switchedAt(0.3), cache)
  const after = await paint(switchedAt(0.5), cache)
  expect(after.nodes.get('unet')).toMatchObject({ runs: 7, cachedRuns: 3 })
  expect(after.picture).not.toEqual(before.picture)
})

//  step ──► info(0.3) ──► switch(early, late) ──► unet        both branches depend on the step, too
test('Z4 of two branches in the loop each step runs only the one it takes', async () => {
  const cutoff = {
    type: 'grounding/cutoff-switch',
    inputs: { grounding: 'boxes.grounding', step: 'steps.step' },
  }
  const { unet, ...nodes } = withValues(example('text-box'), { steps: { steps: 10 } }).nodes
  const graph: Workflow = {
    groundwork: 1,
    nodes: {
      ...nodes,
      early: { ...cutoff, values: { on: 1 } },
      late: { ...cutoff, values: { on: 1, strength: 0.5 } },
      info: { type: 'sampling/step-info', values: { at: 0.3 }, inputs: { step: 'steps.step' } },
      switch: {
        type: 'logic/switch',
        inputs: { bool: 'info.isBefore', whenTrue: 'early.grounding', whenFalse: 'late.grounding' },
      },
      unet: { type: '', ...unet, inputs: { ...unet?.inputs, grounding: 'switch.value' } },
    },
  }
  const { nodes: ran } = await paint(graph, new ResultCache(0))
  expect(['early', 'late', 'unet'].map((id) => ran.get(id)?.runs)).toEqual([3, 7, 10])
})
