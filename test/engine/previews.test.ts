import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineNode } from '#nodes/node.ts'
import { PreviewPace } from '#server/engine/preview-pace.ts'
import { noServices, toyProcess } from '../helpers/run-toy.ts'
import { dot, toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

/** Plays a loop against the pace: which steps are drawn when a step takes so long and a drawing so long. */
function play({
  steps,
  stepMs,
  drawMs,
  from = 0,
}: {
  steps: number
  stepMs: number
  drawMs: number
  from?: number
}) {
  let time = 0
  const pace = new PreviewPace(() => time)
  const drawn: number[] = []
  for (let step = from; step < steps; step++) {
    time += stepMs
    if (!pace.isDue({ step, total: steps })) continue
    const begin = time
    time += drawMs
    pace.drew(begin, { step, total: steps })
    drawn.push(step)
  }
  return drawn
}

test('P2 a fast loop shows its first and last step and every new quarter', () => {
  expect(play({ steps: 20, stepMs: 5, drawMs: 2 })).toEqual([0, 5, 10, 15, 19])
})

test('P2 a loop of a second shows a step about every 100 ms', () => {
  expect(play({ steps: 30, stepMs: 40, drawMs: 3 })).toEqual([0, 3, 6, 8, 11, 14, 15, 18, 21, 23, 26, 29])
})

test('P2 a slow loop shows every step', () => {
  expect(play({ steps: 10, stepMs: 2000, drawMs: 100 })).toHaveLength(10)
})

test('P2 a loop whose beginning came from the cache shows the first step that ran', () => {
  expect(play({ steps: 20, stepMs: 5, drawMs: 2, from: 12 })).toEqual([12, 15, 19])
})

test('P3 drawing that takes as long as a step is kept to a tenth of the loop', () => {
  const drawn = play({ steps: 50, stepMs: 2000, drawMs: 2000 })
  const between = drawn.filter((step) => step > 0 && step < 49)
  expect(between.length).toBeGreaterThanOrEqual(3)
  expect(between.length * 2000).toBeLessThanOrEqual(250 + 0.1 * 50 * 4000)
})

test('P3 dear drawing is spread over the loop, never more than it has earned so far', () => {
  const drawn = play({ steps: 30, stepMs: 200, drawMs: 60 })
  const pauses = drawn.slice(1).map((step, index) => step - (drawn[index] ?? 0))
  expect(Math.max(...pauses)).toBeLessThanOrEqual(3)
  for (const [index, step] of drawn.slice(0, -1).entries())
    expect((index + 1) * 60).toBeLessThanOrEqual(250 + 0.1 * (step * 200 + index * 60))
})

//  zero ──► count ──index──► paint ──grey──► total
const painting = (type: string, times: number) =>
  workflow({
    zero: ['toy/number', { value: 0 }],
    count: ['toy/count', { times }, { sum: 'zero.value' }],
    paint: [type, { total: times }, { grey: 'count.index' }],
    total: ['toy/total', {}, { sum: 'paint.grey' }],
  })

test('P1 a preview comes before the step event of its iteration', async () => {
  const { order } = await toyProcess()(painting('toy/paint', 2))
  expect(order.filter((entry) => /^(preview|step)/.test(entry))).toEqual([
    'preview 0',
    'step 0',
    'preview 1',
    'step 1',
  ])
})

const hasty = () =>
  toys(() => [
    defineNode({
      type: 'toy/hasty',
      version: 1,
      title: 'Hasty',
      description: 'Shows a preview and does not wait for it.',
      inputs: { grey: { type: 'Int', description: 'a number' } },
      outputs: { grey: { type: 'Int', description: 'the same' } },
      params: { total: z.int().default(1) },
      run({ grey, total }, { preview }) {
        void preview(
          async () => {
            if (grey === 1) throw new Error('Cannot draw: the paint is dry')
            return dot(grey)
          },
          { step: grey, total, beta: 0.5 },
        )
        return { grey }
      },
    }),
  ])

test('P1 a preview that its node does not wait for comes in time all the same', async () => {
  const { order, previews } = await toyProcess(hasty())(painting('toy/hasty', 1))
  expect(order.filter((entry) => /^(preview|step)/.test(entry))).toEqual(['preview 0', 'step 0'])
  expect(previews[0]).toEqual({ node: 'paint', step: 0, total: 1, beta: 0.5, image: dot(0) })
})

test('P5 a preview that cannot be drawn is left out and told of, and the run goes on', async () => {
  const lost: unknown[] = []
  const onLostPreview = (node: string, error: unknown) => void lost.push([node, String(error)])
  const { result, previews } = await toyProcess(hasty())(painting('toy/hasty', 3), { onLostPreview })
  expect(result).toMatchObject({ ok: true, errors: [] })
  expect(previews.map(({ step }) => step)).toEqual([0, 2])
  expect(lost).toEqual([['paint', 'Error: Cannot draw: the paint is dry']])
})

test('P5 a preview that cannot be sent is left out, and not shown again from the cache', async () => {
  const run = toyProcess()
  const emitPreview = () => Promise.reject(new Error('Cannot send: the line is cut'))
  const { result } = await run(painting('toy/paint', 1), { emitPreview })
  expect(result.ok).toBe(true)
  const again = await run(painting('toy/paint', 1))
  expect([again.calls, again.previews]).toEqual([[], []])
})

test('E1 a saving that fails is a failure of its node, also when the node did not wait', async () => {
  const keepsake = toys(() => [
    defineNode({
      type: 'toy/keepsake',
      version: 1,
      title: 'Keepsake',
      description: 'Saves a picture and does not wait for it.',
      inputs: {},
      outputs: {},
      params: {},
      sideEffect: true,
      run(_, { savePicture }) {
        void savePicture(dot(1), { saved: true })
        return {}
      },
    }),
  ])
  const savePicture = () => Promise.reject(new Error('Cannot save: the disk is full'))
  const { result } = await toyProcess(keepsake)(workflow({ keep: ['toy/keepsake'] }), {
    services: { ...noServices, savePicture },
  })
  expect(result.errors[0]?.summary).toBe("Cannot run node 'keep' (Keepsake): cannot save: the disk is full")
})

test('P4 nothing is drawn when nobody looks', async () => {
  const { previews, result } = await toyProcess(hasty())(painting('toy/hasty', 2), { emitPreview: undefined })
  expect(previews).toEqual([])
  expect(result.ok).toBe(true)
})

test('C7 a run from the cache shows the previews of its steps again', async () => {
  const run = toyProcess()
  const stopped = { now: () => 0 }
  const first = await run(painting('toy/paint', 20), stopped)
  const again = await run(painting('toy/paint', 20), stopped)
  expect(again.calls).toEqual([])
  expect(first.previews.map(({ step }) => step)).toEqual([0, 5, 10, 15, 19])
  expect(again.previews).toEqual(first.previews)
})

//  seven ──► paint ──► save
test('C4 a saved picture is an output of the run, with its workflow', async () => {
  const graph = workflow({
    seven: ['toy/number', { value: 7 }],
    paint: ['toy/paint', {}, { grey: 'seven.value' }],
    save: ['toy/save', {}, { image: 'paint.image' }],
  })
  const { result, events } = await toyProcess()(graph)
  const output = { node: 'save', picture: 'f'.repeat(64), width: 1, height: 1, saved: true }
  expect(result.outputs).toEqual([output])
  expect(events).toContainEqual({ kind: 'output', ...output })
})
