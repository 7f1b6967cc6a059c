/**
 * Writes a network as an ONNX graph whose weights stay where they are on disk.
 *
 * A `Scope` carries a path such as `down_blocks.0.resnets.1`. The same path finds the weights in the checkpoint and
 * names the nodes of the graph, so that code, checkpoint and graph cannot drift apart.
 */
import { CheckpointError, type Dtype, type TensorEntry } from '../checkpoint/safetensors.ts'
import type { Weights } from '../checkpoint/weights.ts'
import { sameShape, sizeOf } from '../tensor.ts'
import type { Dialect } from './dialect.ts'
import type { Attribute, Dim, ElementType, Initializer, Node, OnnxModel, ValueInfo } from './model.ts'

/** The name of a value in the graph. */
export type Value = string

const elementTypes: Partial<Record<Dtype, ElementType>> = { F32: 'float', F16: 'float16', BF16: 'bfloat16' }
const floatCode = 1

interface Block {
  readonly nodes: Node[]
  /** Half-precision weights that this block has widened already. */
  readonly casts: Map<string, Value>
}

export class GraphBuilder {
  readonly weights: Weights
  readonly dialect: Dialect
  private readonly blocks: [Block, ...Block[]] = [{ nodes: [], casts: new Map() }]
  private readonly initializers = new Map<string, Initializer>()
  private readonly inputs: ValueInfo[] = []
  private readonly outputs: ValueInfo[] = []
  private readonly names = new Map<string, number>()

  constructor(weights: Weights, dialect: Dialect) {
    this.weights = weights
    this.dialect = dialect
  }

  input(name: string, type: ElementType, dims: readonly Dim[]): Value {
    this.inputs.push({ name, type, dims })
    return name
  }

  /** Gives a value its public name. */
  output(name: string, value: Value, dims: readonly Dim[]): void {
    this.block.nodes.push({
      name,
      op: 'Identity',
      domain: '',
      inputs: [value],
      outputs: [name],
      attributes: {},
    })
    this.outputs.push({ name, type: 'float', dims })
  }

  root(path = ''): Scope {
    return new Scope(this, path)
  }

  op(
    path: string,
    op: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute> = {},
    domain = '',
  ): Value {
    const name = this.unique(path ? `${path}/${op}` : op)
    this.block.nodes.push({ name, op, domain, inputs, outputs: [name], attributes })
    return name
  }

  /** One of two values by a condition. Only the chosen branch runs, and only its weights are read. */
  branch(
    path: string,
    condition: Value,
    dims: readonly Dim[],
    then: () => Value,
    otherwise: () => Value,
  ): Value {
    const thenGraph = this.subgraph(`${path}/then`, dims, then)
    const elseGraph = this.subgraph(`${path}/else`, dims, otherwise)
    return this.op(path, 'If', [condition], {
      then_branch: { graph: thenGraph },
      else_branch: { graph: elseGraph },
    })
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): Value {
    const name = `ints[${dims}](${values})`
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
    this.initializers.set(name, { name, type: 'int64', dims, data })
    return name
  }

  floats(name: string, values: readonly number[], dims: readonly number[] = [values.length]): Value {
    const data = new Uint8Array(Float32Array.from(values).buffer)
    this.initializers.set(name, { name, type: 'float', dims, data })
    return name
  }

  scalar(value: number): Value {
    return this.floats(`float(${value})`, [value], [])
  }

  /**
   * Rows of a weight, as float32. `dims` may declare the same values under another shape.
   *
   * @throws CheckpointError when the tensor is missing, of another shape, or no float.
   */
  weight(
    key: string,
    shape: readonly number[],
    dims = shape,
    rows: readonly [from: number, to: number] = [0, shape[0] ?? 1],
  ): Value {
    const entry = this.entry(key, shape)
    const type = elementTypes[entry.dtype]
    if (!type)
      throw this.refuse(`tensor '${key}' is stored as ${entry.dtype}; supported are F32, F16 and BF16`)
    const name = this.initializer(entry, { type, dims, rows: shape.length ? rows : [0, 1] })
    return type === 'float' ? name : this.widened(name)
  }

  finish(name: string): OnnxModel {
    const [{ nodes }] = this.blocks
    const graph = {
      name,
      nodes,
      initializers: [...this.initializers.values()],
      inputs: this.inputs,
      outputs: this.outputs,
    }
    return { graph, opset: this.dialect.attention === 'standard' ? 23 : 21 }
  }

  private get block(): Block {
    return this.blocks.at(-1) ?? this.blocks[0]
  }

  private entry(key: string, shape: readonly number[]): TensorEntry {
    const entry = this.weights.entries.get(key)
    if (!entry) throw this.refuse(`tensor '${key}' is missing; config.json asks for it`)
    if (!sameShape(entry.shape, shape))
      throw this.refuse(`tensor '${key}' has shape [${entry.shape}], config.json asks for [${shape}]`)
    return entry
  }

  private refuse(state: string): CheckpointError {
    return new CheckpointError(
      `Cannot use ${this.weights.place}: ${state}; the weights and the config must be of one model`,
    )
  }

  private initializer(
    { name: key, file, offset, length, shape }: TensorEntry,
    {
      type,
      dims,
      rows: [from, to],
    }: { type: ElementType; dims: readonly number[]; rows: readonly [number, number] },
  ): string {
    const rowBytes = length / (shape[0] ?? 1)
    const name = sameShape(dims, shape) ? key : `${key}[${from}:${to}] as [${dims}]`
    const data = { file, offset: offset + from * rowBytes, length: (to - from) * rowBytes }
    if (sizeOf(dims) * (shape[0] ?? 1) !== sizeOf(shape) * (to - from))
      throw new RangeError(
        `Cannot declare rows ${from}..${to} of '${key}' [${shape}] as [${dims}]: the sizes differ`,
      )
    this.initializers.set(name, { name, type, dims, data })
    return name
  }

  /** The cast stands in the block that uses it, so a weight of a branch that is not taken is not widened. */
  private widened(name: string): Value {
    const known = this.blocks.map(({ casts }) => casts.get(name)).find((value) => value !== undefined)
    if (known !== undefined) return known
    const value = this.op(name, 'Cast', [name], { to: floatCode })
    this.block.casts.set(name, value)
    return value
  }

  private subgraph(name: string, dims: readonly Dim[], write: () => Value) {
    const block: Block = { nodes: [], casts: new Map() }
    this.blocks.push(block)
    const result = write()
    const output = this.op(name, 'Identity', [result])
    this.blocks.pop()
    return {
      name,
      nodes: block.nodes,
      initializers: [],
      inputs: [],
      outputs: [{ name: output, type: 'float' as const, dims }],
    }
  }

  private unique(name: string): string {
    const uses = (this.names.get(name) ?? 0) + 1
    this.names.set(name, uses)
    return uses === 1 ? name : `${name}_${uses}`
  }
}

/** A place in a network: its weights, and the nodes written there. */
export class Scope {
  readonly graph: GraphBuilder
  readonly path: string

  constructor(graph: GraphBuilder, path: string) {
    this.graph = graph
    this.path = path
  }

  at(...parts: readonly (string | number)[]): Scope {
    return new Scope(this.graph, [...(this.path ? [this.path] : []), ...parts].join('.'))
  }

  /** The first of several names that the checkpoint has weights for; the first one if none. */
  atFirst(...names: readonly [string, ...string[]]): Scope {
    const found = names.find((name) => this.at(name).has('weight'))
    return this.at(found ?? names[0])
  }

  has(name: string): boolean {
    return this.graph.weights.entries.has(this.at(name).path)
  }

  op(op: string, inputs: readonly Value[], attributes: Record<string, Attribute> = {}, domain = ''): Value {
    return this.graph.op(this.path, op, inputs, attributes, domain)
  }

  weight(name: string, shape: readonly number[], dims = shape): Value {
    return this.graph.weight(this.at(name).path, shape, dims)
  }

  /** Rows `from` to `to` of a weight, as a tensor of their own over the same bytes. */
  weightRows(name: string, shape: readonly number[], from: number, to: number): Value {
    return this.graph.weight(this.at(name).path, shape, [to - from, ...shape.slice(1)], [from, to])
  }
}
