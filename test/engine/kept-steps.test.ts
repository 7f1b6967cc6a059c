import { expect, test } from 'vitest'
import { defineNode } from '#nodes/node.ts'
import type { CarriedStep, ExecuteOptions } from '#server/engine/engine.ts'
import { noServices, toyProcess } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

/** Services that keep every step. */
function keeper() {
  const steps: CarriedStep[] = []
  return { steps, services: { ...noServices, keepStep: (step: CarriedStep) => void steps.push(step) } }
}

//  zero ──► count ──sum────────► step ──► total ──► print
//             ├──index──► gate ─►│
//             └──index──────────►┘
const gated = (tau = 0.3, times = 6) =>
  workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times }, { sum: 'zero.value' }],
    gate: ['toy/gate', { tau }, { index: 'count.index' }],
    step: ['toy/step', {}, { sum: 'count.sum', open: 'gate.open', index: 'count.index' }],
    total: ['toy/total', {}, { sum: 'step.sum' }],
    print: ['toy/print', {}, { value: 'total.sum' }],
  })

test('K1 every iteration hands out what it carried on and what its body gave', async () => {
  const { steps, services } = keeper()
  await toyProcess()(gated(0.3, 2), { services })
  expect(steps).toEqual([
    {
      node: 'count',
      index: 0,
      total: 2,
      beta: null,
      carried: { sum: 1 },
      body: { gate: { open: 1 }, step: { sum: 1 } },
    },
    {
      node: 'count',
      index: 1,
      total: 2,
      beta: null,
      carried: { sum: 3 },
      body: { gate: { open: 1 }, step: { sum: 3 } },
    },
  ])
})

test('K1 a step is handed out before its event, from the cache too', async () => {
  const run = toyProcess()
  await run(gated())
  const order: string[] = []
  const services = { ...noServices, keepStep: ({ index }: CarriedStep) => void order.push(`kept ${index}`) }
  const emit: ExecuteOptions['emit'] = (event) => {
    if (event.kind === 'step') order.push(`step ${event.index}`)
  }
  const { calls } = await run(gated(), { services, emit })
  expect(calls).toEqual(['print 56'])
  expect(order.slice(0, 4)).toEqual(['kept 0', 'step 0', 'kept 1', 'step 1'])
})

//  boxes(strength 1) ──► switch(index) ──► unet        β is what the switch passes on
test('K2 a kept step knows the gate strength of its iteration', async () => {
  const Grounding = { type: 'Grounding', description: 'what stands where' } as const
  const Int = { type: 'Int', description: 'a number' } as const
  const grounding = (strength: number) => ({
    model: { id: 'm', hash: 'h' },
    entities: [],
    inputs: {} as never,
    strength,
  })
  const drawer = toys(() => [
    defineNode({
      type: 'toy/boxes',
      version: 1,
      title: 'Boxes',
      description: 'Gives a grounding.',
      inputs: {},
      outputs: { grounding: Grounding },
      params: {},
      run: () => ({ grounding: grounding(1) }),
    }),
    defineNode({
      type: 'toy/fade',
      version: 1,
      title: 'Fade',
      description: 'Weakens a grounding.',
      inputs: { grounding: Grounding, index: Int },
      outputs: { grounding: Grounding },
      params: {},
      run: ({ index }) => ({ grounding: grounding(1 / (1 + index)) }),
    }),
    defineNode({
      type: 'toy/unet',
      version: 1,
      title: 'UNet',
      description: 'Takes a grounding.',
      inputs: { grounding: Grounding, sum: Int },
      outputs: { sum: Int },
      params: {},
      run: ({ sum }) => ({ sum }),
    }),
  ])
  const { steps, services } = keeper()
  await toyProcess(drawer)(
    workflow({
      zero: ['toy/number', { value: 0 }],
      boxes: ['toy/boxes'],
      count: ['toy/count', { times: 2 }, { sum: 'zero.value' }],
      fade: ['toy/fade', {}, { grounding: 'boxes.grounding', index: 'count.index' }],
      unet: ['toy/unet', {}, { grounding: 'fade.grounding', sum: 'count.sum' }],
      total: ['toy/total', {}, { sum: 'unet.sum' }],
    }),
    { services },
  )
  expect(steps.map(({ beta }) => beta)).toEqual([1, 0.5])
})

test('K3 a branch runs its loop from a step on, and gives what the whole run gives', async () => {
  const { steps, services } = keeper()
  const whole = await toyProcess()(gated(), { services })
  const branch = { node: 'count', step: 4, carried: [steps[3]?.carried ?? {}] }
  const { calls, events, result } = await toyProcess()(gated(), { branch })
  expect(result.values).toEqual(whole.result.values)
  expect(calls).toEqual([
    'number 0',
    'count 6',
    'gate 4',
    'step 4',
    'gate 5',
    'step 5',
    'total 56',
    'print 56',
  ])
  expect(events.flatMap((event) => (event.kind === 'step' ? [event.index] : []))).toEqual([4, 5])
})

test('K3 a branch with another value behind the step differs from there on', async () => {
  const { steps, services } = keeper()
  await toyProcess()(gated(0.3), { services })
  const { result } = await toyProcess()(gated(1), {
    branch: { node: 'count', step: 4, carried: [steps[3]?.carried ?? {}] },
  })
  // 14 after the fourth step; 2·14 + 1 = 29, 2·29 + 1 = 59.
  expect(result.values.get('print')).toBe('59')
})

test('K4 a step that does not exist, or was kept without a value, is the failure of the start', async () => {
  const message = async (branch: ExecuteOptions['branch']) =>
    (await toyProcess()(gated(), { ...(branch && { branch }) })).result.errors.map(({ summary }) => summary)
  expect(await message({ node: 'count', step: 6, carried: [{ sum: 1 }] })).toEqual([
    "Cannot run node 'count' (Count): cannot branch: step 7 does not exist, it has 6 now, choose another step",
  ])
  expect(await message({ node: 'count', step: 2, carried: [{}] })).toEqual([
    "Cannot run node 'count' (Count): cannot branch: step 3 was kept without sum, choose another step",
  ])
})

//  list(1, 2, 3) ──► count ──sum──► add(+ index) ──► total ──► sum      every item on its own
test('K5 a branch begins each item of a list with what that item carried', async () => {
  const overList = workflow({
    list: ['toy/list', { count: 3 }],
    count: ['toy/count', { times: 3 }, { sum: 'list.values' }],
    add: ['toy/add', {}, { a: 'count.sum', b: 'count.index' }],
    total: ['toy/total', {}, { sum: 'add.sum' }],
    sum: ['toy/sum', {}, { values: 'total.sum' }],
  })
  const { steps, services } = keeper()
  const whole = await toyProcess()(overList, { services })
  const carried = steps.filter(({ index }) => index === 1).map((step) => step.carried)
  expect(carried).toEqual([{ sum: 2 }, { sum: 3 }, { sum: 4 }])
  const branch = { node: 'count', step: 2, carried }
  const { calls, events } = await toyProcess()(overList, { branch })
  expect(calls.at(-1)).toBe(whole.calls.at(-1))
  expect(
    events.flatMap((event) => (event.kind === 'step' ? [[event.item?.index, event.index]] : [])),
  ).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
  ])
  const short = await toyProcess()(overList, { branch: { ...branch, carried: carried.slice(0, 2) } })
  expect(short.result.errors.map(({ summary }) => summary)).toEqual([
    "Cannot run node 'count' (Count) in item 3 of 3: cannot branch: step 3 was kept without sum, choose another step",
  ])
})

//  one ──► begin ──a──► (swapped) ──► close      a, b = b, a + b: Fibonacci
//  one ──►   └──b──► add ──────────►┘
test('L11 a loop may carry several values', async () => {
  const { steps, services } = keeper()
  const { result } = await toyProcess()(
    workflow({
      one: ['toy/number', { value: 1 }],
      begin: ['toy/begin', { times: 5 }, { a: 'one.value', b: 'one.value' }],
      add: ['toy/add', {}, { a: 'begin.a', b: 'begin.b' }],
      close: ['toy/close', {}, { a: 'begin.b', b: 'add.sum' }],
      print: ['toy/print', {}, { value: 'close.b' }],
    }),
    { services },
  )
  expect(result.values.get('print')).toBe('13')
  expect(steps.map(({ carried }) => carried)).toEqual([
    { a: 1, b: 2 },
    { a: 2, b: 3 },
    { a: 3, b: 5 },
    { a: 5, b: 8 },
    { a: 8, b: 13 },
  ])
})
