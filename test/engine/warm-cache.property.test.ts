import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ResultCache } from '#server/engine/cache.ts'
import { toyProcess } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

interface Edit {
  readonly begin: number
  readonly times: number
  readonly tau: number
  readonly plus: number
}

//  begin ──► count ──sum──► step ──► total ──► again ──► more ──► all ──► print
//              ├──► gate ──►┤
//              └─────────────┘
const pipeline = ({ begin, times, tau, plus }: Edit) =>
  workflow({
    begin: ['toy/number', { value: begin }],
    count: ['toy/count', { times }, { sum: 'begin.value' }],
    gate: ['toy/gate', { tau }, { index: 'count.index' }],
    step: ['toy/step', {}, { sum: 'count.sum', open: 'gate.open', index: 'count.index' }],
    total: ['toy/total', {}, { sum: 'step.sum' }],
    again: ['toy/count', { times: 2 }, { sum: 'total.sum' }],
    more: ['toy/add', { plus }, { a: 'again.sum', b: 'again.index' }],
    all: ['toy/total', {}, { sum: 'more.sum' }],
    print: ['toy/print', {}, { value: 'all.sum' }],
  })

/** The same in three lines of plain code. */
function plainly({ begin, times, tau, plus }: Edit): number {
  let sum = begin
  for (let index = 0; index < times; index++) sum = 2 * sum + (index < tau * 10 ? 1 : 0)
  return sum + 2 * plus + 1
}

const edits = fc.array(
  fc.record({
    begin: fc.nat(3),
    times: fc.nat(6),
    tau: fc.constantFrom(0, 0.1, 0.3, 0.5, 1),
    plus: fc.nat(3),
  }),
  { minLength: 1, maxLength: 8 },
)

test('C2 L2 whatever is edited between runs, a run from the cache gives what plain code gives', async () => {
  await fc.assert(
    fc.asyncProperty(edits, fc.constantFrom(0, 5000, 1e6), async (steps, cacheBytes) => {
      const run = toyProcess(toys(), new ResultCache(cacheBytes))
      for (const edit of steps) {
        const { result } = await run(pipeline(edit))
        expect(result.values.get('print')).toBe(String(plainly(edit)))
      }
    }),
    { numRuns: 50 },
  )
})
