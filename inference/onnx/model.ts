/** An ONNX model as plain objects: just the parts of the format that the networks here need. */
export type ElementType = 'float' | 'float16' | 'bfloat16' | 'int64' | 'bool'

/** A dimension is a number, or a name where it is known only when the model runs. */
export type Dim = number | string

export interface ValueInfo {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly Dim[]
}

/** A span of a file on disk. */
export interface FileSpan {
  readonly file: string
  readonly offset: number
  readonly length: number
}

export interface Initializer {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly number[]
  /** Little-endian values, or where they lie on disk. */
  readonly data: Uint8Array | FileSpan
}

/** A plain number is an integer; a float says so. */
export type Attribute =
  number | string | readonly number[] | { readonly float: number } | { readonly graph: Graph }

export interface Node {
  readonly name: string
  readonly op: string
  /** Empty for the standard operators. */
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

export interface Graph {
  readonly name: string
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
}

export interface OnnxModel {
  readonly graph: Graph
  /** Version of the standard operators. */
  readonly opset: 21 | 23
}
