import { expect, test } from 'vitest'
import { gateStrength } from '#nodes/gate-strength.ts'
import stepInfo from '#nodes/sampling/step-info.ts'
import type { Step } from '#nodes/values.ts'

/** What is said of every step of a run. */
function told(total: number, at: number) {
  const steps = Array.from({ length: total }, (_, index) => ({ index, total }) as Step)
  return Promise.all(steps.map((step) => stepInfo.run({ step, at }, undefined as never)))
}

test('StepInfo counts the steps from 0 and says how much is done before each', async () => {
  const run = await told(4, 0.5)
  expect(run.map(({ index }) => index)).toEqual([0, 1, 2, 3])
  expect(run.map(({ progress }) => progress)).toEqual([0, 0.25, 0.5, 0.75])
})

test('StepInfo says before the change in no step, in some, in all', async () => {
  const before = async (at: number) => (await told(4, at)).filter(({ isBefore }) => isBefore).length
  expect([await before(0), await before(0.5), await before(1)]).toEqual([0, 2, 4])
})

test('StepInfo changes where CutoffSwitch of that τ closes the gates, also where rounding would tell them apart', async () => {
  for (const [total, at] of [
    [10, 0.3],
    [10, 0.1 + 0.2],
    [10, 0.35],
    [100, 0.29],
    [7, 0.5],
  ] as const)
    expect((await told(total, at)).map(({ isBefore }) => isBefore)).toEqual(
      Array.from({ length: total }, (_, index) => gateStrength(index, total, { on: at, decay: 0 }) === 1),
    )
  expect((await told(10, 0.29999999999999993)).filter(({ isBefore }) => isBefore)).toHaveLength(3)
})
