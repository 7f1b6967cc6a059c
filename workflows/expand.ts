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
  /** By node and input: what is linked from outside. */
  readonly feeds: ReadonlyMap<string, ReadonlyMap<string, Feed>>
  /** The type of the node that it stands for; '' for the file itself. */
  readonly standsFor: string
}

/** A link into a subgraph. */
export interface Feed {
  /** The output that is linked, `outer/node.output`. */
  readonly place: string
  /** The port of the subgraph through which it comes. */
  readonly port: string
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
  /** The output, in a node that runs, behind one of any scope; null where a bypassed node has nothing to pass on. */
  behind(place: string): string | null
}

/**
 * Expands a workflow whose subgraphs `checkSubgraphs` found to be sound. Links to what does not exist stay as they are.
 *
 * @param shapes the types of the ports of every node type; they decide what a bypassed node passes on.
 */
export function expandWorkflow(workflow: Workflow, shapes: Shapes): Expanded {
  const isPlain = Object.values(workflow.nodes).every(
    ({ type, mode }) => mode !== 'bypass' && subgraphName(type) === null,
  )
  return isPlain ? asItIs(workflow) : new Expander(subgraphsOf(workflow), shapes).expand(topOf(workflow))
}

/** The nodes of the file itself, for one that cannot be expanded or need not be. */
export function asItIs(workflow: Workflow): Expanded {
  const top = topOf(workflow)
  return { nodes: top.nodes, scopes: [top], empty: [], behind: (place) => place }
}

function topOf({ nodes }: Workflow): Scope {
  const all = new Map(Object.entries(nodes))
  return { prefix: '', nodes: all, fed: new Set(), feeds: new Map(), standsFor: '' }
}

/** `node.output`, or the bypassed node at which the search for it ended. */
type Found = string | { readonly bypassed: string }

class Expander {
  readonly #subgraphs: ReadonlyMap<string, Subgraph>
  readonly #shapes: Shapes
  readonly #scopes = new Map<string, Scope>()
  /** What stands behind an output that was followed before. */
  readonly #found = new Map<string, Found>()

  constructor(subgraphs: ReadonlyMap<string, Subgraph>, shapes: Shapes) {
    this.#subgraphs = subgraphs
    this.#shapes = shapes
  }

  expand(top: Scope): Expanded {
    this.#open(top)
    const scopes = [...this.#scopes.values()]
    const flat = new Map<string, WorkflowNode>()
    const empty: Passed[] = []
    for (const scope of scopes)
      for (const [id, node] of scope.nodes) {
        if (node.mode === 'bypass' || this.#subgraph(node.type)) continue
        const whole = scope.prefix + id
        const inputs: Record<string, string> = {}
        for (const input of linkedInputs(scope, id, node)) {
          const found = this.#follow(linkOf(scope, id, input))
          if (typeof found === 'string') inputs[input] = found
          else empty.push({ node: whole, input, bypassed: found.bypassed })
        }
        flat.set(whole, { ...node, inputs })
      }
    const behind = (place: string) => {
      const found = this.#follow(place)
      return typeof found === 'string' ? found : null
    }
    return { nodes: flat, scopes, empty, behind }
  }

  /** Every scope there is; the list grows while it is read. */
  #open(top: Scope): void {
    this.#scopes.set(top.prefix, top)
    for (const scope of this.#scopes.values())
      for (const [id, node] of scope.nodes) {
        const subgraph = this.#subgraph(node.type)
        if (!subgraph || node.mode === 'bypass') continue
        const part = openPart(scope, id, node, subgraph)
        this.#scopes.set(part.prefix, part)
      }
  }

  /** The output, in a plain node, that an output comes from in the end. */
  #follow(from: string | null): Found {
    const passed: string[] = []
    const seen = new Set<string>()
    let place = from
    let found: Found | undefined
    while (!found) {
      // Bypassed nodes may stand in a ring: then nothing arrives.
      if (place === null || seen.has(place)) found = { bypassed: passed.at(-1) ?? '' }
      else if (this.#found.has(place)) found = this.#found.get(place)
      else {
        seen.add(place)
        const next = this.#before(place, passed)
        if (next === undefined) found = place
        else place = next
      }
    }
    for (const place of seen) this.#found.set(place, found)
    return found
  }

  /** Where an output of a bypassed node or of a subgraph comes from; undefined for one of a plain node. */
  #before(place: string, passed: string[]): string | null | undefined {
    const { node: whole, output } = parseSource(place)
    const { scope, id } = this.#placed(whole)
    const node = scope?.nodes.get(id)
    if (scope && node?.mode === 'bypass') {
      passed.push(whole)
      return this.#passedOn(scope, id, node, output)
    }
    const inner = own(this.#subgraph(node?.type ?? '')?.outputs, output)
    return inner === undefined ? undefined : `${whole}/${inner}`
  }

  #placed(whole: string) {
    const start = whole.lastIndexOf('/') + 1
    return { scope: this.#scopes.get(whole.slice(0, start)), id: whole.slice(start) }
  }

  /** What feeds the first linked input that has the type of an output. */
  #passedOn(scope: Scope, id: string, node: WorkflowNode, output: string): string | null {
    const type = this.#portType(node.type, output, 'outputs')
    if (type === null) return null
    const links = this.#inputNames(node.type)
      .filter((input) => this.#portType(node.type, input, 'inputs') === type)
      .map((input) => linkOf(scope, id, input))
    return links.find((link) => link !== null) ?? null
  }

  #inputNames(type: string): string[] {
    return Object.keys(this.#subgraph(type)?.inputs ?? this.#shapes.get(type)?.inputs ?? {})
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

  #subgraph(type: string): Subgraph | undefined {
    const name = subgraphName(type)
    return name === null ? undefined : this.#subgraphs.get(name)
  }
}

function linkedInputs({ feeds }: Scope, id: string, { inputs = {} }: WorkflowNode): Set<string> {
  return new Set([...Object.keys(inputs), ...(feeds.get(id)?.keys() ?? [])])
}

/** The output that is linked to an input. */
function linkOf({ prefix, nodes, feeds }: Scope, id: string, input: string): string | null {
  const source = own(nodes.get(id)?.inputs, input)
  return feeds.get(id)?.get(input)?.place ?? (source === undefined ? null : prefix + source)
}

/** The nodes of a subgraph in the place of one that stands for it. */
function openPart(scope: Scope, id: string, outer: WorkflowNode, subgraph: Subgraph): Scope {
  const feeds = new Map<string, Map<string, Feed>>()
  const fed = new Set<string>()
  const values = new Map<string, Map<string, Values[string]>>()
  const link = (port: string, end: string) => {
    const place = linkOf(scope, id, port)
    if (place === null) return false
    const { node, output: input } = parseSource(end)
    feeds.set(node, (feeds.get(node) ?? new Map<string, Feed>()).set(input, { place, port }))
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
  return { prefix: `${scope.prefix}${id}/`, nodes: new Map(nodes), fed, feeds, standsFor: outer.type }
}

type Values = NonNullable<WorkflowNode['values']>

/** A value from outside takes the place of a link inside, too: that would hide it. */
function withValues(node: WorkflowNode, set: ReadonlyMap<string, Values[string]>): WorkflowNode {
  const inputs = Object.entries(node.inputs ?? {}).filter(([name]) => !set.has(name))
  const values = { ...node.values, ...Object.fromEntries(set) }
  return { ...node, values, inputs: Object.fromEntries(inputs) }
}
