import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { defineNode } from '#nodes/node.ts'
import { ResultCache } from '#server/engine/cache.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

/** The test runner starts Node with `--expose-gc`. */
function collectGarbage(): void {
  if (!globalThis.gc) throw new Error('Cannot collect garbage: start Node with --expose-gc')
  globalThis.gc()
}

/** Painters whose pictures are watched: how many of them are still held when a node looks. */
function watched() {
  const held: number[] = []
  const pictures: WeakRef<object>[] = []
  const Image = { type: 'Image', description: 'a picture' } as const
  const drawer = toys(() => [
    defineNode({
      type: 'toy/brush',
      version: 1,
      title: 'Brush',
      description: 'Makes a new picture, and looks how many are held.',
      inputs: { image: { ...Image, optional: true } },
      outputs: { image: Image },
      params: {},
      async run() {
        await setImmediate()
        collectGarbage()
        held.push(pictures.filter((picture) => picture.deref()).length)
        const image = { width: 100, height: 100, data: new Float32Array(30_000) }
        pictures.push(new WeakRef(image))
        return { image }
      },
    }),
  ])
  return { held, run: toyProcess(drawer, new ResultCache(0)) }
}

//  b0 ──► b1 ──► b2 ──► … ──► b9
test('X8 a value is let go when nothing is left that needs it', async () => {
  const { held, run } = watched()
  const nodes: Record<string, Parameters<typeof workflow>[0][string]> = { b0: ['toy/brush'] }
  for (let i = 1; i < 10; i++) nodes[`b${i}`] = ['toy/brush', {}, { image: `b${i - 1}.image` }]
  await run(workflow(nodes))
  expect(Math.max(...held)).toBeLessThanOrEqual(2)
})

//  b0 ──► b1 ──► b2 ──► b3 ──► last
//   └──► save
test('X8 a value that is needed later is kept until then', async () => {
  const { held, run } = watched()
  const { result } = await run(
    workflow({
      b0: ['toy/brush'],
      b1: ['toy/brush', {}, { image: 'b0.image' }],
      b2: ['toy/brush', {}, { image: 'b1.image' }],
      save: ['toy/save', {}, { image: 'b0.image' }],
      b3: ['toy/brush', {}, { image: 'b2.image' }],
      last: ['toy/save', {}, { image: 'b3.image' }],
    }),
  )
  expect(result.ok).toBe(true)
  expect(Math.max(...held)).toBeLessThanOrEqual(3)
})
