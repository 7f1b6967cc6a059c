import { expect, test } from 'vitest'
import { linesOf, numbersOf } from '#nodes/list-text.ts'
import { ResultCache } from '#server/engine/cache.ts'
import { execute } from '#server/engine/execute.ts'
import { loadRegistry } from '#server/registry.ts'
import { catalogueOf } from '#server/registry.ts'
import type { Workflow } from '#workflows/format.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { noServices } from '../helpers/run-toy.ts'
import { workflow } from '../helpers/workflow.ts'

const registry = await loadRegistry('nodes')
const catalogue = catalogueOf(registry, { models: [], adapters: [] })

/** Runs real nodes; `seen` are the pictures that were shown. */
async function run(graph: Workflow) {
  const seen: { width: number; height: number }[] = []
  const result = await execute({
    workflow: graph,
    registry,
    cache: new ResultCache(1e7),
    services: {
      ...noServices,
      savePicture: async ({ width, height }) => {
        seen.push({ width, height })
        return { picture: 'f'.repeat(64), width, height }
      },
      loadPicture: async () => ({ width: 10, height: 10, data: new Float32Array(300) }),
    },
    emit: () => undefined,
    checkMutation: true,
  })
  return { errors: result.errors.map(({ summary }) => summary), seen, nodes: result.nodes }
}

test('numbers are written with commas, spaces or as a range', () => {
  expect(numbersOf('0.3, 0.5 1e-3', false)).toEqual([0.3, 0.5, 0.001])
  expect(numbersOf('7, 1..3\n-2..0', true)).toEqual([7, 1, 2, 3, -2, -1, 0])
  expect(numbersOf('', true)).toEqual([])
})

test.each(['x', '1..', '3..1', '1.5..2', '1..9999', '1.5', '1e400', '9007199254740993'])(
  'whole numbers do not include %s',
  (text) => {
    expect(numbersOf(text, true)).toBe(null)
  },
)

test('a list of texts has one entry per line', () => {
  expect(linesOf(' a cat \n\n a dog\r\n')).toEqual(['a cat', 'a dog'])
})

//  widths(10, 20, 30) ──► resize ──► grid ──► preview
//  load ──────────────────┘
test('a list of numbers makes a picture each, and a grid takes them together', async () => {
  const graph = workflow({
    load: ['image/load', { picture: 'a'.repeat(64) }],
    widths: ['list/ints', { values: '10, 20, 30' }],
    names: ['list/texts', { texts: 'ten\ntwenty\nthirty' }],
    resize: ['image/resize', { height: 10 }, { image: 'load.image', width: 'widths.values' }],
    grid: ['image/grid', { columns: 3 }, { images: 'resize.image', labels: 'names.texts' }],
    show: ['image/preview', {}, { image: 'grid.image' }],
    second: ['list/pick', { index: 1 }, { list: 'resize.image' }],
    alone: ['image/preview', {}, { image: 'second.item' }],
  })
  expect(validateWorkflow(graph, catalogue).faults).toEqual([])
  const { errors, seen, nodes } = await run(graph)
  expect(errors).toEqual([])
  expect(nodes.get('resize')).toMatchObject({ runs: 3 })
  expect(seen).toContainEqual({ width: 20, height: 10 })
  expect(seen.some(({ width, height }) => width > 3 * 100 && height > 40)).toBe(true)
})

test('picking beyond the end says how long the list is', async () => {
  const { errors } = await run(
    workflow({
      list: ['list/ints', { values: '1, 2' }],
      pick: ['list/pick', { index: 5 }, { list: 'list.values' }],
    }),
  )
  expect(errors).toEqual(["Cannot run node 'pick' (Pick): cannot pick item 5: the list has 2, from 0 to 1"])
})

test('a grid of nothing is refused', async () => {
  const { errors } = await run(
    workflow({
      load: ['image/load', { picture: 'a'.repeat(64) }],
      widths: ['list/ints', { values: '' }],
      resize: ['image/resize', {}, { image: 'load.image', width: 'widths.values' }],
      grid: ['image/grid', {}, { images: 'resize.image' }],
    }),
  )
  expect(errors).toEqual([
    "Cannot run node 'grid' (ImageGrid): cannot lay out a grid: the list of pictures is empty, fill it",
  ])
})

//  load ──whenTrue──► switch ◄──whenFalse── small
test('a switch runs one of its branches', async () => {
  const graph = (bool: boolean) =>
    workflow({
      load: ['image/load', { picture: 'a'.repeat(64) }],
      small: ['image/resize', { width: 3, height: 3 }, { image: 'load.image' }],
      switch: ['logic/switch', { bool }, { whenTrue: 'load.image', whenFalse: 'small.image' }],
      show: ['image/preview', {}, { image: 'switch.value' }],
    })
  expect(validateWorkflow(graph(true), catalogue).faults).toEqual([])
  const taken = await run(graph(true))
  expect([taken.seen, taken.nodes.has('small')]).toEqual([[{ width: 10, height: 10 }], false])
  expect((await run(graph(false))).seen).toEqual([{ width: 3, height: 3 }])
})
