import { expect, test } from 'vitest'
import { blockingFaults } from '#workflows/blocking.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { workflow } from '../helpers/workflow.ts'

/** Ids of the nodes whose faults keep the file from running, and of those that have a fault at all. */
function faultyNodes(file: ReturnType<typeof workflow>, targets?: readonly string[]) {
  const { faults, plan } = validateWorkflow(file, toyCatalogue)
  const idsOf = (list: readonly { readonly path: readonly (string | number)[] }[]) =>
    [...new Set(list.map(({ path }) => path[1]))].sort()
  return {
    blocking: idsOf(blockingFaults({ workflow: file, faults, plan }, toyCatalogue, targets)),
    all: idsOf(faults),
  }
}

test('blockingFaults leaves out a node that no target needs', () => {
  const file = workflow({
    one: ['toy/number'],
    two: ['toy/add', {}, { a: 'one.value' }],
    stray: ['toy/unheard-of'],
  })
  expect(faultyNodes(file, ['two'])).toEqual({ blocking: [], all: ['stray'] })
})

test('blockingFaults keeps the fault of a node that a target needs, however far up', () => {
  const file = workflow({
    one: ['toy/unheard-of'],
    two: ['toy/add', {}, { a: 'one.sum' }],
    three: ['toy/add', {}, { a: 'two.sum' }],
  })
  expect(faultyNodes(file, ['three']).blocking).toContain('one')
})

test('blockingFaults keeps every fault of a workflow that cannot be ordered', () => {
  const file = workflow({
    a: ['toy/add', {}, { a: 'b.sum' }],
    b: ['toy/add', {}, { a: 'a.sum' }],
    alone: ['toy/number'],
  })
  expect(faultyNodes(file, ['alone']).blocking).toEqual(faultyNodes(file, ['alone']).all)
})
