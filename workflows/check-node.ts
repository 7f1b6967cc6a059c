/** Everything that can be wrong with one node of a workflow, apart from the order in which it would run. */
import type { NodeInfo } from '#nodes/node-info.ts'
import { canConnect, type WireType } from '#nodes/wire-types.ts'
import { valueFaults } from './check-value.ts'
import type { Fault, FaultCode } from './fault.ts'
import { parseSource, type WorkflowNode } from './format.ts'
import type { OutputTypes } from './any-type.ts'
import type { Feed, Scope } from './expand.ts'
import { nearest, suggest } from './nearest.ts'
import { own } from './own.ts'
import { subgraphName } from './subgraph-shape.ts'

/** What a node stands among. Maps: a workflow may name its nodes and ports as it likes, `toString` too. */
export interface Surroundings {
  readonly catalogue: ReadonlyMap<string, NodeInfo>
  readonly scope: Scope
  readonly types: OutputTypes
  /** Nodes of the file that are too broken to be read; links from them are not judged. */
  readonly unreadable: ReadonlySet<string>
}

export function nodeFaults(id: string, node: WorkflowNode, around: Surroundings): Fault[] {
  const info = around.catalogue.get(node.type)
  if (!info) return [unknownNode(id, node.type, around)]
  const check = new NodeCheck(id, node, info, around)
  check.values()
  check.links()
  // What does not run need not be complete.
  if (!node.mode) check.missing()
  return check.faults
}

function unknownNode(id: string, type: string, { catalogue, scope: { prefix } }: Surroundings): Fault {
  const guess = nearest(type, catalogue.keys())
  const wish = guess ? `did you mean '${guess}'?` : 'remove the node, or install what brings it'
  const message = `Cannot run node '${prefix}${id}': there is no node type '${type}', ${wish}`
  return { code: 'unknown-node', path: ['nodes', prefix + id, 'type'], message }
}

class NodeCheck {
  readonly faults: Fault[] = []
  readonly #id: string
  readonly #info: NodeInfo
  readonly #around: Surroundings
  readonly #values: ReadonlyMap<string, unknown>
  readonly #links: ReadonlyMap<string, string>
  readonly #feeds: ReadonlyMap<string, Feed>

  constructor(id: string, { values, inputs }: WorkflowNode, info: NodeInfo, around: Surroundings) {
    this.#id = id
    this.#info = info
    this.#around = around
    this.#values = new Map(Object.entries(values ?? {}))
    this.#links = new Map(Object.entries(inputs ?? {}))
    this.#feeds = around.scope.feeds.get(id) ?? new Map<string, Feed>()
  }

  /** Values of the file, and defaults that this machine cannot meet, such as a model it does not have. */
  values(): void {
    const { params, inputs } = this.#info
    for (const name of this.#values.keys()) {
      if (Object.hasOwn(params, name)) continue
      const wish = Object.hasOwn(inputs, name)
        ? `, '${name}' is an input: link it`
        : suggest(name, Object.keys(params))
      this.#blame('unknown-param', ['values', name], `it has no parameter '${name}'${wish}`)
    }
    for (const [name, param] of Object.entries(params)) {
      // A linked parameter takes what arrives; the value that stands in the file waits for the link to go.
      if (this.#links.has(name) || this.#isFed(name)) continue
      const value = this.#values.has(name) ? this.#values.get(name) : param.default
      for (const { path, message } of valueFaults(param, value))
        this.#blame(
          'wrong-value',
          ['values', name, ...path],
          path.length > 0 ? message : `parameter '${name}' ${message}`,
        )
    }
  }

  links(): void {
    const arriving = new Map<string, WireType | null>()
    for (const [name, source] of this.#links) {
      const type = this.#typeAt(name)
      if (type !== null) arriving.set(name, this.#checkLink(name, type, source))
    }
    for (const [name, feed] of this.#feeds) arriving.set(name, this.#checkFeed(name, feed))
    this.#checkSame(arriving)
  }

  /** What comes from outside was judged there by the type of the port, which need not be that of every input behind it. */
  #checkFeed(name: string, { place, port }: Feed): WireType | null {
    const { catalogue, scope, types } = this.#around
    const type = inputType(this.#info, name)
    const given = types.typeOf(place)
    const isJudged = type === null || type === inputType(catalogue.get(scope.standsFor), port)
    return isJudged || given === null ? given : this.#checkType(name, type, place, given)
  }

  /** Inputs of the type `Any`; those of a subgraph belong to the nodes in it. */
  #checkSame(arriving: ReadonlyMap<string, WireType | null>): void {
    if (subgraphName(this.#info.type) !== null) return
    let carried: WireType | null = null
    for (const [name, given] of arriving) {
      if (inputType(this.#info, name) !== 'Any' || given === null || given === 'Any') continue
      carried ??= given
      if (given !== carried)
        this.#blame(
          'wrong-link',
          ['inputs', name],
          `its inputs must all carry the same, '${name}' brings ${given} and another ${carried}`,
        )
    }
  }

  missing(): void {
    for (const [name, { optional, type }] of Object.entries(this.#info.inputs))
      if (!optional && !this.#links.has(name) && !this.#isFed(name))
        this.#blame(
          'missing-input',
          ['inputs', name],
          `its input '${name}' has no link, it needs ${wordFor(type)}`,
        )
  }

  #isFed(name: string): boolean {
    return this.#around.scope.fed.has(`${this.#id}.${name}`)
  }

  /** The type of an input or a linkable parameter; null and a fault where it is neither. */
  #typeAt(name: string): WireType | null {
    const { inputs, params } = this.#info
    const type = inputType(this.#info, name)
    if (type !== null) return type
    const known = [...Object.keys(inputs), ...Object.keys(params).filter((key) => params[key]?.wire)]
    if (Object.hasOwn(params, name))
      this.#blame('wrong-link', ['inputs', name], `parameter '${name}' cannot be linked, write its value`)
    else this.#blame('unknown-port', ['inputs', name], `it has no input '${name}'${suggest(name, known)}`)
    return null
  }

  /** The type that arrives; null where that cannot be said. */
  #checkLink(name: string, type: WireType, text: string): WireType | null {
    const { scope, catalogue, unreadable, types } = this.#around
    const source = parseSource(text)
    if (unreadable.has(source.node)) return null
    const from = scope.nodes.get(source.node)
    if (!from) {
      const wish = suggest(source.node, [...scope.nodes.keys()])
      const there = `'${name}' is linked to '${source.node}', and there is no such node${wish}`
      return this.#wrongLink('wrong-link', name, there)
    }
    const info = catalogue.get(from.type)
    if (!info) return null
    const given = types.typeOf(scope.prefix + text)
    if (given === null) {
      const wish = suggest(source.output, Object.keys(info.outputs))
      const call = `'${source.node}' (${info.title})`
      return this.#wrongLink(
        'unknown-port',
        name,
        `'${name}' is linked to ${call}, which has no output '${source.output}'${wish}`,
      )
    }
    return this.#checkType(name, type, text, given)
  }

  #checkType(name: string, type: WireType, source: string, given: WireType): WireType | null {
    if (canConnect(given, type)) return given
    return this.#wrongLink(
      'wrong-link',
      name,
      `its '${name}' takes ${type}, and '${source}' gives ${given}${this.#bridge(given, type)}`,
    )
  }

  #wrongLink(code: FaultCode, name: string, message: string): null {
    this.#blame(code, ['inputs', name], message)
    return null
  }

  /** The node that makes one type of another, where there is one. */
  #bridge(from: WireType, to: WireType): string {
    const bridge = [...this.#around.catalogue.values()].find(
      ({ inputs, outputs, loop }) =>
        loop === null &&
        Object.values(inputs).some((input) => !input.optional && input.type === from) &&
        Object.values(outputs).some((output) => output.type === to),
    )
    return bridge ? `: put a node ${bridge.title} between` : ': link something else'
  }

  #blame(code: FaultCode, path: readonly (string | number)[], message: string): void {
    const id = this.#around.scope.prefix + this.#id
    const place = `node '${id}' (${this.#info.title})`
    this.faults.push({ code, path: ['nodes', id, ...path], message: `Cannot run ${place}: ${message}` })
  }
}

/** The type of an input or of a linkable parameter; null where it is neither. */
function inputType(info: NodeInfo | undefined, name: string): WireType | null {
  return own(info?.inputs, name)?.type ?? own(info?.params, name)?.wire ?? null
}

function wordFor(type: WireType): string {
  if (type === 'Any') return 'one'
  return /^[AEIOU]/.test(type) ? `an ${type}` : `a ${type}`
}
