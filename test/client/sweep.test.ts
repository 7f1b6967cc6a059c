import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParamInfo } from '#nodes/node-info.ts'
import { Draft } from '../../client/document/change.ts'
import {
  axesOf,
  axisTitles,
  cellsOf,
  range,
  readList,
  setSweep,
  sweptParams,
} from '../../client/document/sweep.ts'
import { catalogue, loop } from './workflows.ts'

const param = (parts: Partial<ParamInfo>): ParamInfo => ({
  widget: 'float',
  title: 'Guidance',
  description: '',
  default: 1,
  wire: 'Float',
  ...parts,
})

describe('a sweep', () => {
  it('offers every plain parameter that no link drives', () => {
    expect(sweptParams(loop, catalogue).map(({ at }) => at)).toEqual(['noise.seed'])
    const driven = {
      ...loop,
      nodes: { ...loop.nodes, noise: { type: 'toy/noise', inputs: { seed: 'number.value' } } },
    }
    expect(sweptParams(driven, catalogue)).toEqual([])
  })

  it('offers nothing of a node that does not run', () => {
    const noise = { type: 'toy/noise', mode: 'mute' } as const
    expect(sweptParams({ ...loop, nodes: { ...loop.nodes, noise } }, catalogue)).toEqual([])
  })

  it('names a node by its id, too, where another has the same title', () => {
    const nodes = { ...loop.nodes, again: { type: 'toy/noise' }, other: { type: 'toy/noise', title: 'Mine' } }
    const titleOf = axisTitles({ ...loop, nodes }, catalogue)
    expect(['noise.seed', 'again.seed', 'other.seed'].map(titleOf)).toEqual([
      'toy/noise (noise) · Seed',
      'toy/noise (again) · Seed',
      'Mine · Seed',
    ])
  })

  it('stands in the file and is taken out again', () => {
    const draft = new Draft(loop)
    setSweep(draft, [{ at: 'noise.seed', values: [1, 2] }])
    expect(axesOf(draft.document)).toEqual([{ at: 'noise.seed', values: [1, 2] }])
    setSweep(draft, [])
    expect(draft.document).toEqual(loop)
  })

  it('names a picture by its places on the axes, the last one where a node makes several', () => {
    const [first, second] = [{ cell: [0, 1] }, { cell: [0, 1] }]
    expect([...cellsOf([first, { cell: null }, second])]).toEqual([['0,1', second]])
  })
})

describe('a range', () => {
  it('holds both ends and nothing between them twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.nat(100),
        fc.integer({ min: 2, max: 64 }),
        (from, span, count) => {
          const values = range(from, from + span, count, true)
          expect(values[0]).toBe(from)
          expect(values.at(-1)).toBe(from + span)
          expect(new Set(values).size).toBe(values.length)
          expect(values.every(Number.isInteger)).toBe(true)
        },
      ),
    )
  })

  it('holds no more values than a sweep may have cells, and its ends still', () => {
    const values = range(0, 1, 1e9, false)
    expect([values.length, values[0], values.at(-1)]).toEqual([64, 0, 1])
  })

  it('is one value where one is asked for', () => {
    expect(range(2, 8, 1, false)).toEqual([2])
  })
})

describe('a list of values', () => {
  it('is read as what the parameter holds', () => {
    expect(readList('1, 2.5，3', param({}))).toEqual([1, 2.5, 3])
    expect(readList('true, false', param({ widget: 'bool' }))).toEqual([true, false])
    expect(readList('否，是, No', param({ widget: 'bool' }))).toEqual([false, true, false])
    expect(readList('a cat,\na dog\n\na fox', param({ widget: 'text' }))).toEqual(['a cat,\na dog', 'a fox'])
    expect(readList('ddim', param({ widget: 'choice', choices: ['ddim', 'euler'] }))).toEqual(['ddim'])
  })

  it('keeps every digit of a large seed', () => {
    expect(readList('7, 18446744073709551615', param({ widget: 'seed' }))).toEqual([
      7,
      '18446744073709551615',
    ])
  })

  it.each([
    ['a value beyond the limits', '1, 9', param({ max: 8 })],
    ['a word among numbers', '1, two', param({})],
    ['a fraction among whole numbers', '1.5', param({ widget: 'int' })],
    ['a choice that there is not', 'plms', param({ widget: 'choice', choices: ['ddim'] })],
    ['a seed beyond 64 bits', '18446744073709551616', param({ widget: 'seed' })],
  ])('is refused with %s', (_, text, info) => {
    expect(readList(text, info)).toBeNull()
  })
})
