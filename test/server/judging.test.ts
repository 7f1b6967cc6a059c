/** While a workflow is judged the server answers nobody: whatever anybody sends, it must not take long. */
import { describe, expect, it } from 'vitest'
import { costFaults } from '#workflows/cost.ts'
import { limits as most } from '#workflows/limits.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { parseJson } from '#server/json.ts'
import { limits } from '#server/limits.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'

/** What others may have to wait, in milliseconds. */
const bearable = 50

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
const named = <T>(count: number, make: (i: number) => T): Record<string, T> =>
  Object.fromEntries(many(count, (i) => [`n${i}`, make(i)]))

const one = { a: { type: 'toy/number' } }
const file = (more: object): object => ({ groundwork: 1, nodes: one, ...more })
const add = (a: string, b: string) => ({ type: 'toy/add', inputs: { a, b } })

/** Each as large as one bound or another lets it be. */
const documents: Readonly<Record<string, object>> = {
  'a chain of nodes': file({
    nodes: named(most.nodes, (i) =>
      i === 0 ? one.a : add(`n${i - 1}.${i === 1 ? 'value' : 'sum'}`, 'n0.value'),
    ),
  }),
  'a ring of nodes': file({ nodes: named(most.nodes, (i) => add(`n${(i + 1) % most.nodes}.sum`, 'n0.sum')) }),
  'nodes of unknown types': file({ nodes: named(most.nodes, (i) => ({ type: `toy/numbr${i}` })) }),
  'links from unknown nodes of long names': file({
    nodes: Object.fromEntries(
      many(3_000, (i) => [
        `${'a'.repeat(50)}${i}`,
        add(`${'a'.repeat(50)}b${i}.sum`, `${'a'.repeat(49)}${i}.sum`),
      ]),
    ),
  }),
  'nodes that are none': file({ nodes: named(most.entries, () => 1) }),
  'nodes full of unknown keys': file({
    nodes: named(30, (i) => ({ type: 'toy/add', ...named(2_000, (j) => i + j) })),
  }),
  'unknown keys': file(named(most.entries, (i) => i)),
  'frames of what are no names': file({
    view: { frames: many(900, () => ({ title: '', nodes: many(100, () => 1) })) },
  }),
  'frames of names': file({
    view: { frames: many(900, () => ({ title: '', nodes: many(100, () => 'a') })) },
  }),
  notes: file({ view: { notes: named(9_000, () => ({ text: '', at: [1, 1], size: [1, 1] })) } }),
  'subgraphs that nobody uses': file({
    subgraphs: named(3_900, () => ({ nodes: {}, inputs: {}, outputs: {} })),
  }),
  'a subgraph of many ports, often': file({
    nodes: named(3_000, () => ({ type: 'subgraph/s' })),
    subgraphs: { s: { nodes: one, inputs: {}, outputs: {}, params: named(most.entries, () => 'a.value') } },
  }),
  'ports that lead nowhere': file({
    subgraphs: {
      s: {
        nodes: one,
        inputs: named(most.ports / 2, (i) => [`b${i}.x`]),
        outputs: named(most.ports / 2, (i) => `b${i}.x`),
      },
    },
  }),
  'a sweep over long texts': file({
    nodes: named(3_000, () => one.a),
    sweep: { axes: [{ at: 'n0.value', values: many(14, () => 'x'.repeat(most.textLength)) }] },
  }),
  'what it was made with': file({
    madeWith: { nodes: named(9_900, (i) => i), models: named(9_900, () => '') },
  }),
}

/** Milliseconds of processor. Others who use the machine do not count; what the compiler still learns does not either. */
function judgingMs(bytes: Uint8Array): number {
  const facts = { trainedSide: 512, picturePixels: limits.picturePixels }
  const times = many(8, () => {
    const before = process.cpuUsage()
    const { workflow, faults, plan } = validateWorkflow(parseJson(bytes), toyCatalogue)
    if (workflow && faults.length === 0) costFaults(workflow, toyCatalogue, facts, { known: plan })
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}

describe('a workflow as large as it may be', () => {
  it.each(Object.keys(documents))('of %s is judged while nobody notices', (name) => {
    const bytes = Buffer.from(JSON.stringify(documents[name]))
    expect(bytes.length).toBeLessThanOrEqual(limits.jsonBytes)
    expect(judgingMs(bytes)).toBeLessThan(bearable)
  })
})
