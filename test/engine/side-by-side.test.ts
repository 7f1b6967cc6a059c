import { expect, test } from 'vitest'
import { setImmediate } from 'node:timers/promises'
import { defineNode } from '#nodes/node.ts'
import { z } from 'zod'
import { toyProcess } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

const Int = { type: 'Int', description: 'a number' } as const

/** Nodes that end only when enough of them have begun, or never together with more than four. */
function waiters(together: number) {
  let open = 0
  let most = 0
  let begun = 0
  const drawer = toys((log) => [
    defineNode({
      type: 'toy/wait',
      version: 1,
      title: 'Wait',
      description: 'Waits for others of its kind.',
      inputs: {},
      outputs: { value: Int },
      params: { value: z.int().default(0) },
      waits: true,
      async run({ value }) {
        begun++
        most = Math.max(most, ++open)
        log(`begin ${value}`)
        while (begun < together) await setImmediate()
        open--
        log(`end ${value}`)
        return { value }
      },
    }),
  ])
  return { drawer, most: () => most }
}

//  w0 ──► w1 ──► … ──► sum          none depends on another
const waiting = (count: number) => {
  const nodes: Record<string, Parameters<typeof workflow>[0][string]> = {}
  for (let i = 0; i < count; i++) nodes[`w${i}`] = ['toy/wait', { value: i }]
  return workflow({
    ...nodes,
    add: ['toy/add', {}, { a: 'w0.value', b: `w${count - 1}.value` }],
    print: ['toy/print', {}, { value: 'add.sum' }],
    ...Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`p${i}`, ['toy/print', {}, { value: `w${i}.value` }]]),
    ),
  })
}

test('X9 nodes that wait run side by side', async () => {
  const { drawer, most } = waiters(3)
  const { result } = await toyProcess(drawer)(waiting(3))
  expect(result.ok).toBe(true)
  expect(most()).toBe(3)
  expect(result.values.get('print')).toBe('2')
})

test('X9 no more than four of them at once', async () => {
  const { drawer, most } = waiters(4)
  const { result } = await toyProcess(drawer)(waiting(10))
  expect(result.ok).toBe(true)
  expect(most()).toBe(4)
})

test('X9 the events of each node stay in order', async () => {
  const { drawer } = waiters(3)
  const { events } = await toyProcess(drawer)(waiting(3))
  for (const id of ['w0', 'w1', 'w2'])
    expect(events.filter(({ node }) => node === id).map(({ kind }) => kind)).toEqual([
      'node-started',
      'node-finished',
    ])
})

test('X9 a failure beside the others skips what needs it and nothing else', async () => {
  const drawer = toys(() => [
    defineNode({
      type: 'toy/broken',
      version: 1,
      title: 'Broken',
      description: 'Fails after a while.',
      inputs: {},
      outputs: { value: Int },
      params: {},
      waits: true,
      async run() {
        await setImmediate()
        throw new Error('Cannot read the file: it is gone')
      },
    }),
  ])
  const { result } = await toyProcess(drawer)(
    workflow({
      broken: ['toy/broken'],
      one: ['toy/number'],
      needs: ['toy/print', {}, { value: 'broken.value' }],
      fine: ['toy/print', {}, { value: 'one.value' }],
    }),
  )
  expect(result.nodes.get('needs')).toMatchObject({ state: 'skipped', because: 'broken' })
  expect(result.nodes.get('fine')).toMatchObject({ state: 'finished' })
})
