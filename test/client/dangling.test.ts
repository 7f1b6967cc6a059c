import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSource, type Subgraph, type Workflow, type WorkflowView } from '#workflows/format.ts'
import { Draft } from '../../client/document/change.ts'
import { addNode, removeNodes } from '../../client/document/edits.ts'
import { History } from '../../client/document/history.ts'
import { demote } from '../../client/document/promote.ts'
import { makeSubgraph, unpack } from '../../client/document/subgraphs.ts'
import { anyEdit, edit } from './any-edit.ts'
import { loop } from './workflows.ts'

const origin = { x: 0, y: 0 }

type Nodes = Workflow['nodes']
type Side = 'in' | 'out'

/** Everything in a file that names what is not there. */
function dangling(file: Workflow): string[] {
  const subgraphOf = (type = '') => /^subgraph\/(.+)$/.exec(type)?.[1]
  const has = (nodes: Nodes, text: string, side: Side) => {
    const { node, output: port } = parseSource(text)
    const name = subgraphOf(nodes[node]?.type)
    const definition = file.subgraphs?.[name ?? '']
    const ports = side === 'in' ? { ...definition?.inputs, ...definition?.params } : definition?.outputs
    return nodes[node] !== undefined && (name === undefined || Object.hasOwn(ports ?? {}, port))
  }
  const lost = (nodes: Nodes, where: string, ends: readonly string[], side: Side) =>
    ends.filter((end) => !has(nodes, end, side)).map((end) => `${where}: ${end}`)

  const inNodes = (nodes: Nodes) =>
    Object.entries(nodes).flatMap(([id, { type, inputs = {}, values = {} }]) => [
      ...(subgraphOf(type) !== undefined && !file.subgraphs?.[subgraphOf(type) ?? '']
        ? [`type: ${type}`]
        : []),
      ...lost(nodes, id, Object.values(inputs), 'out'),
      ...lost(
        nodes,
        'link or value',
        [...Object.keys(inputs), ...Object.keys(values)].map((port) => `${id}.${port}`),
        'in',
      ),
    ])
  const inView = (nodes: Nodes, view: WorkflowView = {}) => {
    const named = [view.nodes, view.colours].flatMap((record) => Object.keys(record ?? {}))
    const ids = [...named, ...(view.collapsed ?? []), ...(view.frames ?? []).flatMap((frame) => frame.nodes)]
    const bent = Object.keys(view.reroutes ?? {})
    return [
      ...ids.filter((id) => !nodes[id]),
      ...bent.filter((text) => {
        const { node, output } = parseSource(text)
        return nodes[node]?.inputs?.[output] === undefined
      }),
    ].map((name) => `view: ${name}`)
  }
  const inGraph = ({ nodes, view }: Pick<Subgraph, 'nodes' | 'view'>) => [
    ...inNodes(nodes),
    ...inView(nodes, view),
  ]
  const inSubgraph = (graph: Subgraph) => [
    ...inGraph(graph),
    ...lost(graph.nodes, 'input', Object.values(graph.inputs).flat(), 'in'),
    ...lost(graph.nodes, 'output', Object.values(graph.outputs), 'out'),
    ...lost(graph.nodes, 'parameter', Object.values(graph.params ?? {}), 'in'),
  ]
  return [
    ...inGraph(file),
    ...Object.values(file.subgraphs ?? {}).flatMap(inSubgraph),
    ...lost(file.nodes, 'form', file.form?.fields ?? [], 'in'),
    ...lost(
      file.nodes,
      'sweep',
      (file.sweep?.axes ?? []).map(({ at }) => at),
      'in',
    ),
  ]
}

function edited(file: Workflow, make: (draft: Draft) => unknown, path: readonly string[] = []): Workflow {
  const draft = new Draft(file, path)
  make(draft)
  return draft.file
}

const shown: Workflow = {
  ...loop,
  form: { title: 'Dice', fields: ['noise.seed', 'body.gain'] },
  sweep: { axes: [{ at: 'noise.seed', values: [1, 2] }] },
}
const grouped = edited(shown, (draft) => makeSubgraph(draft, new Set(['noise', 'start']), origin, 'Part'))

describe('what the form and the sweep name', () => {
  it('goes with its node, so that another of that name is not taken for it', () => {
    const less = edited(shown, (draft) => removeNodes(draft, new Set(['noise'])))
    expect(less.form).toEqual({ title: 'Dice', fields: ['body.gain'] })
    expect(less.sweep).toBeUndefined()
    const { form: before, ...bare } = shown
    const fields = before?.fields.slice(0, 1) ?? []
    const again = edited({ ...bare, form: { fields } }, (draft) => {
      removeNodes(draft, new Set(['noise']))
      expect(addNode(draft, 'toy/noise', origin)).toBe('noise')
    })
    expect(again.form).toBeUndefined()
  })

  it('is shown by the subgraph that takes the node in, and named there', () => {
    expect(grouped.subgraphs?.['subgraph']?.params).toEqual({ seed: 'noise.seed' })
    expect(grouped.form?.fields).toEqual(['subgraph.seed', 'body.gain'])
    expect(grouped.sweep?.axes).toEqual([{ at: 'subgraph.seed', values: [1, 2] }])
  })

  it('is named by its node again once the subgraph is unpacked', () => {
    const again = edited(grouped, (draft) => unpack(draft, 'subgraph'))
    expect([again.form, again.sweep]).toEqual([shown.form, shown.sweep])
  })

  it('is the port that feeds it, where its value came from a node outside', () => {
    const number = { type: 'toy/number' }
    const noise = { type: 'toy/noise', inputs: { seed: 'number.value' } }
    const fed = { ...shown, nodes: { ...shown.nodes, number, noise } }
    const made = edited(fed, (draft) => makeSubgraph(draft, new Set(['noise']), origin, 'Part'))
    expect(made.subgraphs?.['subgraph']?.params).toBeUndefined()
    expect(made.form?.fields[0]).toBe('subgraph.seed')
    expect(edited(made, (draft) => unpack(draft, 'subgraph')).form).toEqual(shown.form)
  })

  it('goes with the port of a subgraph that is taken away, or whose node inside is removed', () => {
    const without = edited(grouped, (top) => demote(top, 'subgraph', 'params', 'seed'))
    const emptied = edited(grouped, (draft) => removeNodes(draft, new Set(['noise'])), [
      'subgraphs',
      'subgraph',
    ])
    for (const less of [without, emptied]) {
      expect(less.form?.fields).toEqual(['body.gain'])
      expect(less.sweep).toBeUndefined()
    }
  })
})

it('a port that is taken away takes along the ports of subgraphs around it', () => {
  const around = edited(grouped, (draft) => makeSubgraph(draft, new Set(['subgraph']), origin, 'Around'))
  expect(around.subgraphs?.['subgraph2']?.params).toEqual({ seed: 'subgraph.seed' })
  const less = edited(around, (top) => demote(top, 'subgraph', 'params', 'seed'))
  expect(less.subgraphs?.['subgraph2']?.params).toBeUndefined()
  expect(less.form?.fields).toEqual(['body.gain'])
})

it('no edit leaves anything in the file that names what is not there', () => {
  fc.assert(
    fc.property(fc.array(anyEdit, { maxLength: 25 }), (steps) => {
      const history = new History(shown)
      steps.forEach((step, count) => {
        edit(history, step, count)
        expect(dangling(history.document)).toEqual([])
      })
    }),
    { numRuns: 300 },
  )
})
