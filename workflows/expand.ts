/**
 * From the file to the nodes that run: subgraphs are put in place of the nodes that stand for them, and links lead
 * around bypassed nodes. Linear in the size of what comes out, and never recursive.
 */
import type { WireType } from '#nodes/wire-types.ts'
import { parseSource, type Subgraph, type Workflow, type WorkflowNode } from './format.ts'
import type { Shapes } from './loops.ts'
import { subgraphName, subgraphsOf } from './subgraph-shape.ts'
import { own } from './own.ts'

/** Nodes by id. One inside a subgraph is `outer/inner`. */
export type FlatNodes = ReadonlyMap<string, WorkflowNode>

/** The graph of the file, or one subgraph where a node stands for it. */
export interface Scope {
  /** What its nodes are called from outside: '' or `outer/`. */
  readonly prefix: string
  /** As the file has them, with the values set from outside. */
  readonly nodes: ReadonlyMap<string, WorkflowNode>
  /** Inputs and parameters, `node.name`, that are linked or set from outside. */
  readonly fed: ReadonlySet<string>
}

export interface Passed {
  /** The node that needs something, and its input. */
  readonly node: string
  readonly input: string
  /** The bypassed node that has nothing to pass on. */
  readonly bypassed: string
}

export interface Expanded {
  /** Neither nodes that stand for a subgraph nor bypassed ones are among them. */
  readonly nodes: FlatNodes
  readonly scopes: readonly Scope[]
  /** Inputs at which nothing arrives, because a bypassed node has nothing of that type to pass on. */
  readonly empty: readonly Passed[]
}

/**
 * Expands a workflow whose subgraphs `checkSubgraphs` found to be sound. Links to what does not exist stay as they are.
 *
 * @param shapes the types of the ports of every node type; they decide what a bypassed node passes on.
 */
export function expandWorkflow(workflow: Workflow, shapes: Shapes): Expanded {
  const nodes = new Map(Object.entries(workflow.nodes))
  const top: OpenScope = { prefix: '', nodes, fed: new Set(), feeds: new Map(), parts: new Map() }
  const isPlain = [...nodes.values()].every(
    ({ type, mode }) => mode !== 'bypass' && subgraphName(type) === null,
  )
  if (isPlain) return { nodes, scopes: [top], empty: [] }
  return new Expander(subgraphsOf(workflow), shapes).expand(top)
}

/** An input somewhere, that is linked here. */
interface Feed {
  readonly scope: OpenScope
  readonly source: string
}

interface OpenScope extends Scope {
  /** By node and input: what is linked from outside. */
  readonly feeds: ReadonlyMap<string, ReadonlyMap<string, Feed>>
  /** By node: the scope of the subgraph that it stands for. */
  readonly parts: Map<string, OpenScope>
}

/** `node.output`, or the bypassed node at which the search for it ended. */
type Found = string | { readonly bypassed: string }

class Expander {
  readonly #subgraphs: ReadonlyMap<string, Subgraph>
  readonly #shapes: Shapes
  /** What stands behind an output that was followed before. */
  readonly #found = new Map<string, Found>()

  constructor(subgraphs: ReadonlyMap<string, Subgraph>, shapes: Shapes) {
    this.#subgraphs = subgraphs
    this.#shapes = shapes
  }

  expand(top: OpenScope): Expanded {
    const scopes = this.#open(top)
    const flat = new Map<string, WorkflowNode>()
    const empty: Passed[] = []
    for (const scope of scopes)
      for (const [id, node] of scope.nodes) {
        if (node.mode === 'bypass' || this.#subgraphOf(node)) continue
        const whole = scope.prefix + id
        const inputs: Record<string, string> = {}
        for (const input of this.#linked(scope, id, node)) {
          const found = this.#follow(scope, id, input)
          if (typeof found === 'string') inputs[input] = found
          else empty.push({ node: whole, input, bypassed: found.bypassed })
        }
        flat.set(whole, { ...node, inputs })
      }
    return { nodes: flat, scopes, empty }
  }

  /** Every scope there is; the list grows while it is read. */
  #open(top: OpenScope): OpenScope[] {
    const scopes = [top]
    for (const scope of scopes)
      for (const [id, node] of scope.nodes) {
        const subgraph = this.#subgraphOf(node)
        if (!subgraph || node.mode === 'bypass') continue
        const part = openPart(scope, id, node, subgraph)
        scope.parts.set(id, part)
        scopes.push(part)
      }
    return scopes
  }

  #linked(scope: OpenScope, id: string, { inputs = {} }: WorkflowNode): string[] {
    return [...new Set([...Object.keys(inputs), ...(scope.feeds.get(id)?.keys() ?? [])])]
  }

  /** The output, in a plain node, that feeds an input in the end. */
  #follow(scope: OpenScope, id: string, input: string): Found {
    const passed: string[] = []
    const seen = new Set<string>()
    let feed = linkOf(scope, id, input)
    let found: Found | undefined
    while (!found) {
      const place = feed ? feed.scope.prefix + feed.source : ''
      // Bypassed nodes may stand in a ring: then nothing arrives.
      if (!feed || seen.has(place)) found = { bypassed: passed.at(-1) ?? '' }
      else if (this.#found.has(place)) found = this.#found.get(place)
      else {
        seen.add(place)
        const next = this.#before(feed, passed)
        if (next === undefined) found = place
        else feed = next
      }
    }
    for (const place of seen) this.#found.set(place, found)
    return found
  }

  /** Where an output of a bypassed node or of a subgraph comes from; undefined for one of a plain node. */
  #before({ scope, source }: Feed, passed: string[]): Feed | null | undefined {
    const { node: id, output } = parseSource(source)
    const node = scope.nodes.get(id)
    if (node?.mode === 'bypass') {
      passed.push(scope.prefix + id)
      return this.#passedOn(scope, id, node, output)
    }
    const part = scope.parts.get(id)
    const inner = own(this.#subgraph(node?.type ?? '')?.outputs, output)
    return part && inner !== undefined ? { scope: part, source: inner } : undefined
  }

  /** What feeds the first linked input that has the type of an output. */
  #passedOn(scope: OpenScope, id: string, node: WorkflowNode, output: string): Feed | null {
    const type = this.#outputType(node.type, output)
    if (type === null) return null
    const links = this.#inputNames(node.type)
      .filter((input) => this.#inputType(node.type, input) === type)
      .map((input) => linkOf(scope, id, input))
    return links.find((link) => link !== null) ?? null
  }

  #inputNames(type: string): string[] {
    return Object.keys(this.#subgraph(type)?.inputs ?? this.#shapes.get(type)?.inputs ?? {})
  }

  #inputType(type: string, port: string): WireType | null {
    return this.#portType(type, port, 'inputs')
  }

  #outputType(type: string, port: string): WireType | null {
    return this.#portType(type, port, 'outputs')
  }

  /** The type of a port of a subgraph is that of the port of the plain node behind it. */
  #portType(type: string, port: string, side: 'inputs' | 'outputs'): WireType | null {
    let at = { type, port }
    for (;;) {
      const subgraph = this.#subgraph(at.type)
      if (!subgraph) return own(this.#shapes.get(at.type)?.[side], at.port)?.type ?? null
      const end = side === 'inputs' ? own(subgraph.inputs, at.port)?.[0] : own(subgraph.outputs, at.port)
      if (end === undefined) return null
      const { node, output } = parseSource(end)
      at = { type: own(subgraph.nodes, node)?.type ?? '', port: output }
    }
  }

  #subgraphOf(node: WorkflowNode): Subgraph | undefined {
    return this.#subgraph(node.type)
  }

  #subgraph(type: string): Subgraph | undefined {
    const name = subgraphName(type)
    return name === null ? undefined : this.#subgraphs.get(name)
  }
}

function linkOf(scope: OpenScope, id: string, input: string): Feed | null {
  const source = own(scope.nodes.get(id)?.inputs, input)
  return scope.feeds.get(id)?.get(input) ?? (source === undefined ? null : { scope, source })
}

/** The nodes of a subgraph in the place of one that stands for it. */
function openPart(scope: OpenScope, id: string, outer: WorkflowNode, subgraph: Subgraph): OpenScope {
  const feeds = new Map<string, Map<string, Feed>>()
  const fed = new Set<string>()
  const values = new Map<string, Map<string, Values[string]>>()
  const link = (port: string, end: string) => {
    const feed = linkOf(scope, id, port)
    if (!feed) return false
    const { node, output: input } = parseSource(end)
    feeds.set(node, (feeds.get(node) ?? new Map<string, Feed>()).set(input, feed))
    return true
  }
  for (const [port, ends] of Object.entries(subgraph.inputs))
    for (const end of ends) {
      fed.add(end)
      link(port, end)
    }
  for (const [name, end] of Object.entries(subgraph.params ?? {})) {
    const { node, output: param } = parseSource(end)
    const value = own(outer.values, name)
    if (value !== undefined) values.set(node, (values.get(node) ?? new Map()).set(param, value))
    if (link(name, end) || value !== undefined) fed.add(end)
  }
  const nodes = Object.entries(subgraph.nodes).map(([inner, node]): [string, WorkflowNode] => {
    const set = values.get(inner)
    const mode = outer.mode ?? node.mode
    return [inner, { ...(set ? withValues(node, set) : node), ...(mode && { mode }) }]
  })
  return { prefix: `${scope.prefix}${id}/`, nodes: new Map(nodes), fed, feeds, parts: new Map() }
}

type Values = NonNullable<WorkflowNode['values']>

/** A value from outside takes the place of a link inside, too: that would hide it. */
function withValues(node: WorkflowNode, set: ReadonlyMap<string, Values[string]>): WorkflowNode {
  const inputs = Object.entries(node.inputs ?? {}).filter(([name]) => !set.has(name))
  const values = { ...node.values, ...Object.fromEntries(set) }
  return { ...node, values, inputs: Object.fromEntries(inputs) }
}
