import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ResultCache } from '#server/engine/cache.ts'
import type { Workflow } from '#workflows/format.ts'
import { expected, type Spec } from '../helpers/oracle.ts'
import { toyProcess, type ToyRun } from '../helpers/run-toy.ts'
import { toys } from '../helpers/toy-nodes.ts'
import { workflow } from '../helpers/workflow.ts'

type Line = Parameters<typeof workflow>[0][string]

const outputOf = { number: 'value', list: 'values', add: 'sum', sum: 'sum', choose: 'value' } as const

/** The graph of these nodes, each with a node that shows what it gives. */
function graphOf(specs: readonly Spec[], more: Partial<Workflow> = {}): Workflow {
  const source = (index: number) => `n${index}.${outputOf[specs[index]?.kind ?? 'number']}`
  const lines = specs.flatMap((spec, index): [string, Line][] => [
    [`n${index}`, lineOf(spec, source)],
    [`show${index}`, ['toy/print', {}, { value: source(index) }]],
  ])
  return workflow(Object.fromEntries(lines), more)
}

function lineOf(spec: Spec, source: (index: number) => string): Line {
  switch (spec.kind) {
    case 'number':
      return ['toy/number', { value: spec.value }, {}, spec.mode]
    case 'list':
      return ['toy/list', { count: spec.count }, {}, spec.mode]
    case 'add': {
      const b = spec.b === null ? {} : { b: source(spec.b) }
      return ['toy/add', { plus: spec.plus }, { a: source(spec.a), ...b }, spec.mode]
    }
    case 'sum':
      return ['toy/sum', {}, { values: source(spec.values) }, spec.mode]
    case 'choose': {
      const by = spec.by === null ? {} : { by: source(spec.by) }
      const inputs = { odd: source(spec.odd), even: source(spec.even), ...by }
      return ['toy/choose', { by: spec.set }, inputs, spec.mode]
    }
  }
}

/** A run that is refused because nothing would run (M6) shows nothing. */
async function orNothing(run: Promise<ToyRun>): Promise<Pick<ToyRun, 'events'>> {
  return run.catch((error: Error) => {
    if (!error.message.includes('no node of it would run')) throw error
    return { events: [] }
  })
}

/** What every node showed, in the cells that `isHere` names. */
function shown(
  { events }: Pick<ToyRun, 'events'>,
  count: number,
  isHere: (cell: readonly number[] | undefined) => boolean,
): number[][] {
  return Array.from({ length: count }, (_, index) =>
    events.flatMap((event) =>
      event.kind === 'value' && event.node === `show${index}` && isHere(event.cell)
        ? [Number(event.text)]
        : [],
    ),
  )
}

/** One in so many is the value, the others are not. */
const seldom = <T>(one: T, many: number) => fc.nat(many - 1).map((n) => (n === 0 ? one : undefined))

const specAt = (index: number): fc.Arbitrary<Spec> => {
  const muted = seldom('mute' as const, 15)
  const mode = fc.oneof(seldom('bypass' as const, 6), muted)
  const number = fc.record({ kind: fc.constant('number' as const), value: fc.nat(3), mode: muted })
  const list = fc.record({ kind: fc.constant('list' as const), count: fc.nat(3), mode: muted })
  if (index === 0) return fc.oneof(number, list)
  const source = fc.nat(index - 1)
  const maybe = fc.option(source, { nil: null, freq: 2 })
  return fc.oneof(
    { weight: 2, arbitrary: number },
    { weight: 2, arbitrary: list },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('add' as const), a: source, b: maybe, plus: fc.nat(2), mode }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('sum' as const), values: source, mode }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('choose' as const),
        by: maybe,
        set: fc.nat(1),
        odd: source,
        even: source,
        mode,
      }),
    },
  )
}

const graphs = fc
  .integer({ min: 1, max: 10 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => specAt(index))))

test('G1 Z1 M1 C2 any graph of lists, lazy and muted nodes gives what the rules say, from any cache', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(graphs, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(0, 3000, 1e6),
      async (edits, bytes) => {
        const run = toyProcess(toys(), new ResultCache(bytes))
        for (const specs of edits) {
          const ran = await orNothing(run(graphOf(specs), { checkMutation: true }))
          const seen = shown(ran, specs.length, () => true)
          expect(seen).toEqual(expected(specs))
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('W1 W6 every cell of a sweep over any graph gives what its values alone give', async () => {
  await fc.assert(
    fc.asyncProperty(
      graphs,
      fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 3 }),
      async (rest, values) => {
        const specs: Spec[] = [{ kind: 'number', value: 0 }, ...rest.map((spec) => shifted(spec))]
        const sweep = { axes: [{ at: 'n0.value', values }] }
        const ran = await orNothing(toyProcess()(graphOf(specs, { sweep })))
        for (const [index, value] of values.entries()) {
          const cell: Spec[] = [{ kind: 'number', value }, ...specs.slice(1)]
          // What all cells share says of none that it is its own.
          const seen = shown(ran, specs.length, (cell) => cell === undefined || cell[0] === index)
          expect(seen).toEqual(expected(cell))
        }
      },
    ),
    { numRuns: 200 },
  )
})

/** Room for one node before it, which a `choose` without a link to its `by` then takes. */
function shifted(spec: Spec): Spec {
  if (spec.kind === 'add') return { ...spec, a: spec.a + 1, b: spec.b ?? 0 }
  if (spec.kind === 'sum') return { ...spec, values: spec.values + 1 }
  if (spec.kind === 'choose')
    return { ...spec, odd: spec.odd + 1, even: spec.even + 1, by: spec.by === null ? 0 : spec.by + 1 }
  return spec
}
