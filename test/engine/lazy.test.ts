import { expect, test } from 'vitest'
import { toyProcess } from '../helpers/run-toy.ts'
import { workflow } from '../helpers/workflow.ts'

//  three ──► add ──odd──┐
//  four ───────────even─► choose(by) ──► print
const chosen = (by: number, plus = 0) =>
  workflow({
    three: ['toy/number', { value: 3 }],
    add: ['toy/add', { plus }, { a: 'three.value' }],
    four: ['toy/number', { value: 4 }],
    choose: ['toy/choose', { by }, { odd: 'add.sum', even: 'four.value' }],
    print: ['toy/print', {}, { value: 'choose.value' }],
  })

test('Z1 a branch that is not taken does not run, nor does what only it needs', async () => {
  const { calls, result, events } = await toyProcess()(chosen(0))
  expect(calls).toEqual(['number 4', 'choose 0', 'print 4'])
  expect(result.ok).toBe(true)
  expect(events.some(({ node }) => node === 'add' || node === 'three')).toBe(false)
  expect([...result.nodes.keys()]).toEqual(['four', 'choose', 'print'])
})

test('Z1 the other branch runs when it is taken', async () => {
  expect((await toyProcess()(chosen(1))).calls).toEqual(['number 3', 'add 3 0 0', 'choose 1', 'print 3'])
})

test('Z2 an edit behind a branch that is not taken runs nothing again', async () => {
  const run = toyProcess()
  await run(chosen(0))
  expect((await run(chosen(0, 100))).calls).toEqual(['print 4'])
})

//  bad ──odd──► choose ◄──even── four
test('Z3 a failure in a branch that is not taken harms nobody', async () => {
  const graph = (by: number) =>
    workflow({
      bad: ['toy/fail'],
      four: ['toy/number', { value: 4 }],
      choose: ['toy/choose', { by }, { odd: 'bad.sum', even: 'four.value' }],
      alone: ['toy/print', {}, { value: 'four.value' }],
      print: ['toy/print', {}, { value: 'choose.value' }],
      fails: ['toy/print', {}, { value: 'bad.sum' }],
    })
  const { result } = await toyProcess()(graph(0))
  expect(result.nodes.get('print')).toMatchObject({ state: 'finished' })
  expect(result.nodes.get('fails')).toMatchObject({ state: 'skipped', because: 'bad' })
  const taken = await toyProcess()(graph(1))
  expect(taken.result.nodes.get('choose')).toMatchObject({ state: 'skipped', because: 'bad' })
  expect(taken.result.nodes.get('print')).toMatchObject({ state: 'skipped', because: 'bad' })
})

//  zero ──► count ──index──► choose(by index) ──► step ──► total
//  odd: five ──► add ──►┘ └◄── even: gate
test('Z4 inside a loop every iteration asks anew, also for what stands outside', async () => {
  const { calls, result } = await toyProcess()(
    workflow({
      zero: ['toy/number', { value: 0 }],
      five: ['toy/number', { value: 5 }],
      outside: ['toy/add', { plus: 1 }, { a: 'five.value' }],
      count: ['toy/count', { times: 4 }, { sum: 'zero.value' }],
      inside: ['toy/add', { plus: 10 }, { a: 'count.index' }],
      choose: ['toy/choose', {}, { by: 'count.index', odd: 'outside.sum', even: 'inside.sum' }],
      add: ['toy/add', {}, { a: 'count.sum', b: 'choose.value' }],
      total: ['toy/total', {}, { sum: 'add.sum' }],
    }),
  )
  expect(result.ok).toBe(true)
  // 10 + 6 + 12 + 6
  expect(calls.at(-1)).toBe('total 34')
  expect(calls.filter((call) => call.startsWith('add') && call.endsWith(' 10'))).toEqual([
    'add 0 0 10',
    'add 2 0 10',
  ])
  // What stands outside the loop runs in the middle of it, when it is first asked for, and once.
  expect(calls.indexOf('add 5 0 1')).toBeGreaterThan(calls.indexOf('choose 0'))
  expect(calls.filter((call) => call === 'add 5 0 1')).toHaveLength(1)
})

//  n0 ──► s1 ──► s2 ──► … ──► s2000        each asks for the one before only when it runs
test('Z5 two thousand lazy nodes in a row run without deep recursion', async () => {
  const nodes: Record<string, Parameters<typeof workflow>[0][string]> = { n0: ['toy/number', { value: 7 }] }
  for (let i = 1; i <= 2000; i++)
    nodes[`s${i}`] = ['toy/choose', {}, { even: i === 1 ? 'n0.value' : `s${i - 1}.value` }]
  const { result } = await toyProcess()(
    workflow({ ...nodes, print: ['toy/print', {}, { value: 's2000.value' }] }),
  )
  expect(result.values.get('print')).toBe('7')
})
