import { expect, test } from 'vitest'
import { inWords } from '#server/engine/words.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { workflow } from '../helpers/workflow.ts'

//  four ──► bad ──► sum ──► print
//  four ──► fine
const broken = workflow({
  four: ['toy/number', { value: 4 }],
  bad: ['toy/fail', { text: 'Cannot sum 4 apples: they are pears' }, { a: 'four.value' }],
  sum: ['toy/add', {}, { a: 'bad.sum' }],
  print: ['toy/print', {}, { value: 'sum.sum' }],
  fine: ['toy/print', {}, { value: 'four.value' }],
})

test('E1 a failure names node, title, reason, and what arrived', async () => {
  const { result, events } = await toyProcess()(broken)
  const message = result.errors[0]?.message
  expect(message).toMatchInlineSnapshot(`
    "Cannot run node 'bad' (Fail): cannot sum 4 apples: they are pears
    It was given
      a: 4
      text: 'Cannot sum 4 apples: they are pears'
      at: -1"
  `)
  expect(events).toContainEqual({ kind: 'node-failed', node: 'bad', message })
})

test('E1 a failure inside a loop names the iteration', async () => {
  const { result } = await toyProcess()(looping('fail.sum'))
  expect(result.errors[0]?.summary).toBe("Cannot run node 'fail' (Fail) in iteration 3 of 5: it was asked to")
})

test('E1 values are told in words and units', () => {
  const tensor = { data: new Float32Array(256), shape: [1, 4, 8, 8] }
  const model = { id: 'emoji-world', hash: 'f' }
  const told = [
    tensor,
    { model, samples: tensor },
    { model, context: tensor },
    { width: 512, height: 256, data: new Float32Array(1) },
    model,
    { model, entities: [1, 2], strength: 0.5 },
    { index: 6, total: 20, sigma: 1 },
    [{ phrase: 'a cat', box: [0, 0, 1, 1] }],
    [0.1, 0.2],
    18446744073709551615n,
    'a  cat\n on a mat',
    'x'.repeat(1000),
    true,
    undefined,
  ].map(inWords)
  expect(told).toMatchInlineSnapshot(`
    [
      "tensor [1, 4, 8, 8]",
      "tensor [1, 4, 8, 8]",
      "tensor [1, 4, 8, 8]",
      "512 × 256 pixels",
      "model 'emoji-world'",
      "2 entities, strength 0.5",
      "step 7 of 20",
      "1 entry",
      "[0.1, 0.2]",
      "18446744073709551615",
      "'a cat on a mat'",
      "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' (1000 characters)",
      "true",
      "undefined",
    ]
  `)
})

test('E2 what does not depend on a failed node still runs', async () => {
  const { calls, result } = await toyProcess()(broken)
  expect(calls).toEqual(['number 4', 'fail 4', 'print 4'])
  expect(result.ok).toBe(false)
  expect(result.nodes.get('fine')).toMatchObject({ state: 'finished' })
})

test('E3 what depends on a failed node is skipped because of it', async () => {
  const { result, events } = await toyProcess()(broken)
  expect(result.nodes.get('print')).toMatchObject({ state: 'skipped', because: 'bad', runs: 0 })
  expect(events.filter(({ kind }) => kind === 'node-skipped')).toEqual([
    { kind: 'node-skipped', node: 'sum', because: 'bad' },
    { kind: 'node-skipped', node: 'print', because: 'bad' },
  ])
})

//  zero ──► count ──sum────► add ──► total ──► print
//             └──index──► fail, when the index is 2
const looping = (carried: string) =>
  workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times: 5 }, { sum: 'zero.value' }],
    fail: ['toy/fail', { at: 2 }, { a: 'count.index' }],
    add: ['toy/add', { plus: 1 }, { a: 'count.sum' }],
    total: ['toy/total', {}, { sum: carried }],
    print: ['toy/print', {}, { value: 'total.sum' }],
  })

test('E4 a failure beside the carried values does not end the loop', async () => {
  const { calls, result, events } = await toyProcess()(looping('add.sum'), { targets: ['print', 'fail'] })
  expect(calls.filter((call) => call.startsWith('fail'))).toEqual(['fail 0', 'fail 1', 'fail 2'])
  expect(calls.at(-1)).toBe('print 5')
  expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(5)
  expect(result.nodes.get('fail')).toMatchObject({ state: 'failed', runs: 3 })
})

test('E4 a failure on the way to the end ends the loop', async () => {
  const { calls, result, events } = await toyProcess()(looping('fail.sum'))
  expect(calls.at(-1)).toBe('fail 2')
  expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(2)
  expect(result.nodes.get('total')).toMatchObject({ state: 'skipped', because: 'fail' })
  expect(result.nodes.get('print')).toMatchObject({ state: 'skipped', because: 'fail' })
})
