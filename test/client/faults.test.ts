import { createPinia, setActivePinia } from 'pinia'
import { expect, it } from 'vitest'
import type { Fault } from '#workflows/fault.ts'
import { boxBeingNamed } from '../../client/stores/box-being-named.ts'
import { useFaults } from '../../client/stores/faults.ts'

it('the fault of a box is not said while its phrase is being typed, and those of other boxes are', () => {
  setActivePinia(createPinia())
  const faults = useFaults()
  const [first, second] = [0, 1].map((index): Fault => ({
    code: 'wrong-value',
    path: ['nodes', 'boxes', 'values', 'boxes', index],
    message: `box ${index + 1} has no phrase`,
  }))
  if (!first || !second) throw new Error('There are two faults')
  faults.found = [first, second]
  boxBeingNamed.value = 'nodes/boxes/values/boxes/1'
  expect([faults.faults, faults.byNode.get('boxes')]).toEqual([[first], [first]])
  boxBeingNamed.value = null
  expect(faults.faults).toEqual([first, second])
})
