import { expect, test } from 'vitest'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { workflow } from '../helpers/workflow.ts'

const faultsOf = (lines: Parameters<typeof workflow>[0]) =>
  validateWorkflow(workflow(lines), toyCatalogue).faults.map(({ message }) => message)

//  text ──► forward ──► forward ──► print(Int)
test('T1 what an output of any type carries is judged where it arrives', () => {
  const lines = {
    text: ['toy/shout'],
    n: ['toy/number'],
    one: ['toy/forward', {}, { value: 'text.text' }],
    two: ['toy/forward', {}, { value: 'one.value' }],
    number: ['toy/forward', {}, { value: 'n.value' }],
    fine: ['toy/print', {}, { value: 'number.value' }],
    print: ['toy/print', {}, { value: 'two.value' }],
  } as const
  expect(faultsOf(lines)).toEqual([
    "Cannot run node 'print' (Print): its 'value' takes Int, and 'two.value' gives Text: link something else",
  ])
})

//  text ──► both ◄── n
test('T2 all inputs of any type of one node carry the same', () => {
  expect(
    faultsOf({
      text: ['toy/shout'],
      n: ['toy/number'],
      both: ['toy/either', { on: true }, { yes: 'text.text', no: 'n.value' }],
    }),
  ).toEqual([
    "Cannot run node 'both' (Either): its inputs must all carry the same, 'no' brings Int and another Text",
  ])
})

//  a ──► b ──► a
test('T1 nodes of any type in a ring are a fault of the ring only', () => {
  expect(
    faultsOf({ a: ['toy/forward', {}, { value: 'b.value' }], b: ['toy/forward', {}, { value: 'a.value' }] }),
  ).toEqual(['Nodes wait for each other in a ring: a → b → a; remove one of these links'])
})
