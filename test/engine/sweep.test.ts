import { expect, test } from 'vitest'
import type { Image } from '#nodes/values.ts'
import { ResultCache } from '#server/engine/cache.ts'
import type { PreviewPlace, SaveOptions, Services } from '#server/engine/engine.ts'
import { execute } from '#server/engine/execute.ts'
import type { Workflow } from '#workflows/format.ts'
import { noServices, toyProcess } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { nodesOf, workflow } from '../helpers/workflow.ts'

/** Services with a store of pictures. */
function store() {
  const pictures = new Map<string, Image>()
  const saved: SaveOptions[] = []
  const services: Services = {
    ...noServices,
    async savePicture(image, options) {
      const picture = `p${saved.length}`.padEnd(64, '0')
      pictures.set(picture, image)
      saved.push(options)
      return { picture, width: image.width, height: image.height }
    },
    loadPicture: async (id) => pictures.get(id) ?? { width: 1, height: 1, data: new Float32Array(3) },
  }
  return { pictures, saved, services }
}

const dotted = (grey: number): Image => ({ width: 1, height: 1, data: new Float32Array(3).fill(grey) })

//  ten ──► more ──b──┐                      more does not depend on the sweep
//  n(value) ──a──► add(plus) ──► paint ──► save
const swept: Workflow = workflow(
  {
    ten: ['toy/number', { value: 10 }],
    more: ['toy/add', { plus: 1 }, { a: 'ten.value' }],
    n: ['toy/number', { value: 0 }],
    add: ['toy/add', {}, { a: 'n.value', b: 'more.sum' }],
    paint: ['toy/paint', {}, { grey: 'add.sum' }],
    save: ['toy/save', {}, { image: 'paint.image' }],
  },
  {
    sweep: {
      axes: [
        { at: 'n.value', values: [1, 2, 3] },
        { at: 'add.plus', values: [100, 200] },
      ],
    },
  },
)

test('W1 a sweep runs every combination of its values, row by row, and what they share once', async () => {
  const { services } = store()
  const { calls, result } = await toyProcess()(swept, { services })
  expect(calls.filter((call) => call.startsWith('add'))).toEqual([
    'add 10 0 1',
    'add 1 11 100',
    'add 2 11 100',
    'add 3 11 100',
    'add 1 11 200',
    'add 2 11 200',
    'add 3 11 200',
  ])
  expect(calls.filter((call) => call === 'number 10')).toHaveLength(1)
  expect(result.ok).toBe(true)
  expect(result.nodes.get('more')).toMatchObject({ runs: 1, cachedRuns: 0 })
  expect(result.nodes.get('add')).toMatchObject({ runs: 6 })
})

test('W1 what all cells share runs once even where the cache holds nothing, the rest comes from the cache', async () => {
  const { services } = store()
  const { calls } = await toyProcess(toys(), new ResultCache(0))(swept, { services })
  expect(calls.filter((call) => call === 'number 10')).toHaveLength(1)
  expect(calls.filter((call) => call === 'number 1')).toHaveLength(2)
  const cached = await toyProcess()(swept, { services })
  expect(cached.calls.filter((call) => call === 'number 1')).toHaveLength(1)
})

test('W2 events say of which cell they are, and those of shared nodes say nothing', async () => {
  const { services } = store()
  const { events } = await toyProcess()(swept, { services })
  const finished = (id: string) =>
    events.flatMap((event) => (event.kind === 'node-finished' && event.node === id ? [event.cell] : []))
  expect(finished('more')).toEqual([undefined])
  expect(finished('save')).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [0, 1],
    [1, 1],
    [2, 1],
  ])
})

test('W2 previews say of which cell they are, and people may begin to look in the middle', async () => {
  const { services, saved } = store()
  const seen: unknown[] = []
  await execute({
    workflow: swept,
    registry: toys().registry,
    cache: new ResultCache(1e6),
    services,
    emit: () => undefined,
    get emitPreview() {
      return saved.length < 3 ? undefined : ({ cell }: PreviewPlace) => void seen.push(cell)
    },
  })
  expect(seen).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
  ])
})

test('W3 the picture of a cell carries the plain workflow of that cell', async () => {
  const { saved, services } = store()
  await toyProcess()(swept, { services })
  const cell = saved[5]?.workflow
  expect(cell?.sweep).toBe(undefined)
  expect([cell?.nodes['add']?.values, cell?.nodes['n']?.values]).toEqual([{ plus: 200 }, { value: 3 }])
  expect(saved[6]?.workflow).toEqual(swept)
})

test('W4 a sweep ends with a grid of all its pictures, the first axis across', async () => {
  const { pictures, services } = store()
  const { result, events } = await toyProcess()(swept, { services })
  expect(result.outputs).toHaveLength(7)
  const grid = result.outputs[6]
  expect(grid).toMatchObject({ node: 'save', grid: true, saved: true })
  expect(grid).not.toHaveProperty('cell')
  expect(events.at(-1)).toMatchObject({ kind: 'output', grid: true })
  const painted = pictures.get(grid?.picture ?? '')?.data.filter((value) => value > 1)
  expect([...new Set(painted)]).toEqual([112, 113, 114, 212, 213, 214])
})

test('W4 the grid of a sweep has the picture of a cell that later ones pushed out of the store', async () => {
  const { pictures, services } = store()
  const newestOnly: Services = {
    ...services,
    async savePicture(...args) {
      for (const id of pictures.keys()) pictures.set(id, dotted(9))
      return services.savePicture(...args)
    },
  }
  const { result } = await toyProcess()(swept, { services: newestOnly })
  const painted = pictures.get(result.outputs.at(-1)?.picture ?? '')?.data.filter((value) => value > 1)
  expect([...new Set(painted)]).toEqual([112, 113, 114, 212, 213, 214])
})

test('W4 a picture that cannot be read leaves its place in the grid empty', async () => {
  const { pictures, saved, services } = store()
  const loadPicture: Services['loadPicture'] = (id) =>
    saved.length === 2 ? Promise.reject(new Error('it is gone')) : services.loadPicture(id)
  const { result } = await toyProcess()(swept, { services: { ...services, loadPicture } })
  expect(result.ok).toBe(true)
  const painted = pictures.get(result.outputs.at(-1)?.picture ?? '')?.data.filter((value) => value > 1)
  expect([...new Set(painted)]).toEqual([112, 114, 212, 213, 214])
})

test('W4 a sweep whose grid cannot be stored is as well as its cells, and says why it has no grid', async () => {
  const { saved, services } = store()
  const savePicture: Services['savePicture'] = (image, options) =>
    saved.length === 6 ? Promise.reject(new Error('the disk is full')) : services.savePicture(image, options)
  const { result, events } = await toyProcess()(swept, { services: { ...services, savePicture } })
  expect(result.ok).toBe(true)
  expect(result.outputs).toHaveLength(6)
  const text = 'Cannot draw the grid of the sweep: the disk is full; the pictures of its cells are there'
  expect(events.at(-1)).toEqual({ kind: 'value', node: 'save', text })
  expect(result.values.get('save')).toBe(text)
})

test('W5 a cell that fails leaves the others alone', async () => {
  const { services } = store()
  const graph = workflow(
    {
      n: ['toy/number', { value: 0 }],
      fail: ['toy/fail', { at: 2 }, { a: 'n.value' }],
      paint: ['toy/paint', {}, { grey: 'fail.sum' }],
      save: ['toy/save', {}, { image: 'paint.image' }],
    },
    { sweep: { axes: [{ at: 'n.value', values: [1, 2, 3] }] } },
  )
  const { result } = await toyProcess()(graph, { services })
  expect(result.ok).toBe(false)
  expect(result.errors.map(({ summary }) => summary)).toEqual([
    "Cannot run node 'fail' (Fail) at value = 2: it was asked to",
  ])
  expect(result.outputs.map(({ cell, grid }) => cell ?? grid)).toEqual([[0], [2], true])
  expect(result.nodes.get('fail')).toMatchObject({ state: 'failed', runs: 3 })
})

test('W5 what all cells share fails once', async () => {
  const graph = workflow(
    {
      bad: ['toy/fail'],
      n: ['toy/number', { value: 0 }],
      add: ['toy/add', {}, { a: 'n.value', b: 'bad.sum' }],
      print: ['toy/print', {}, { value: 'add.sum' }],
    },
    { sweep: { axes: [{ at: 'n.value', values: [1, 2, 3] }] } },
  )
  const { result, calls } = await toyProcess()(graph)
  expect(calls.filter((call) => call.startsWith('fail'))).toHaveLength(1)
  expect(result.errors).toHaveLength(1)
})

//  one ──► lonely ──► print        the first cell takes the other branch: what cells share runs when one asks for it
test('W6 what cells share runs in the first cell that asks for it', async () => {
  const graph = workflow(
    {
      one: ['toy/number', { value: 1 }],
      shared: ['toy/add', { plus: 5 }, { a: 'one.value' }],
      zero: ['toy/number', { value: 0 }],
      choose: ['toy/choose', {}, { odd: 'shared.sum', even: 'zero.value' }],
      print: ['toy/print', {}, { value: 'choose.value' }],
    },
    { sweep: { axes: [{ at: 'choose.by', values: [0, 1, 3] }] } },
  )
  const { calls } = await toyProcess()(graph)
  expect(calls).toEqual([
    'number 0',
    'choose 0',
    'print 0',
    'number 1',
    'add 1 0 5',
    'choose 1',
    'print 6',
    'choose 3',
    'print 6',
  ])
})

//  plus(amount) = [ add(plus) ]
test('W7 a sweep may go over the parameter of a subgraph', async () => {
  const graph = workflow(
    {
      n: ['toy/number', { value: 1 }],
      more: ['subgraph/plus', {}, { a: 'n.value' }],
      print: ['toy/print', {}, { value: 'more.sum' }],
    },
    {
      subgraphs: {
        plus: {
          nodes: nodesOf({ add: ['toy/add'] }),
          inputs: { a: ['add.a'] },
          outputs: { sum: 'add.sum' },
          params: { amount: 'add.plus' },
        },
      },
      sweep: { axes: [{ at: 'more.amount', values: [10, 20] }] },
    },
  )
  const { calls } = await toyProcess()(graph)
  expect(calls).toEqual(['number 1', 'add 1 0 10', 'print 11', 'add 1 0 20', 'print 21'])
})

test('W8 a cancelled sweep stops and has no grid', async () => {
  const { services } = store()
  const signal = { aborted: false }
  const keep = {
    ...services,
    savePicture: (...args: Parameters<Services['savePicture']>) => {
      signal.aborted = true
      return services.savePicture(...args)
    },
  }
  const { result } = await toyProcess()(swept, { services: keep, signal })
  expect(result.cancelled).toBe(true)
  expect(result.outputs).toHaveLength(1)
})

test('W8 a sweep that is cancelled between two cells, or before the first, is not done', async () => {
  const { services } = store()
  const signal = { aborted: false }
  const loadPicture: Services['loadPicture'] = (id) => {
    signal.aborted = true
    return services.loadPicture(id)
  }
  const process = toyProcess()
  const between = await process(swept, { services: { ...services, loadPicture }, signal })
  expect(between.result).toMatchObject({ ok: false, cancelled: true, errors: [] })
  expect(between.result.outputs).toHaveLength(1)
  const before = await process(swept, { services, signal })
  expect(before.result).toMatchObject({ ok: false, cancelled: true, outputs: [] })
})

test('W8 a branch into a sweep is refused', async () => {
  await expect(
    execute({
      workflow: swept,
      registry: toys().registry,
      cache: null as never,
      services: noServices,
      emit: () => undefined,
      branch: { node: 'count', step: 1, carried: [{}] },
    }),
  ).rejects.toThrow('Cannot branch into a sweep')
})
