/**
 * From an ONNX model as objects to its bytes.
 * Field numbers: https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto
 */
import { dirname, relative, sep } from 'node:path'
import type { Attribute, ElementType, Graph, Initializer, Node, OnnxModel, ValueInfo } from './model.ts'
import { ProtobufWriter } from './protobuf.ts'

export interface EncodedModel {
  readonly bytes: Uint8Array
  /** The folder that the locations of external weights are relative to; null when nothing is external. */
  readonly folder: string | null
  /** Bytes of external weights. */
  readonly weightBytes: number
}

const typeCodes: Record<ElementType, number> = { float: 1, int64: 7, bool: 9, float16: 10, bfloat16: 16 }
const attributeCodes = { float: 1, int: 2, text: 3, graph: 5, ints: 7 }
const externalLocation = 1
const irVersions = { 21: 10, 23: 11 }

export function encodeModel({ graph, opset }: OnnxModel): EncodedModel {
  const spans = graph.initializers.flatMap(({ data }) => (data instanceof Uint8Array ? [] : [data]))
  const folder = commonFolder(spans.map(({ file }) => file))
  const bytes = new ProtobufWriter()
    .int(1, irVersions[opset])
    .text(2, 'groundwork')
    .message(7, (w) => writeGraph(w, graph, folder ?? ''))
    .message(8, (w) => w.text(1, '').int(2, opset))
    .message(8, (w) => w.text(1, 'com.microsoft').int(2, 1))
    .finish()
  return { bytes, folder, weightBytes: spans.reduce((sum, { length }) => sum + length, 0) }
}

/** The deepest folder that holds all files. The runtime refuses locations that leave it. */
function commonFolder(files: readonly string[]): string | null {
  const [first, ...others] = [...new Set(files)].map((file) => dirname(file).split(sep))
  if (!first) return null
  const shared = first.findIndex((part, i) => others.some((other) => other[i] !== part))
  return (shared < 0 ? first : first.slice(0, shared)).join(sep) || sep
}

function writeGraph(w: ProtobufWriter, graph: Graph, folder: string): void {
  for (const node of graph.nodes) w.message(1, (inner) => writeNode(inner, node, folder))
  w.text(2, graph.name)
  for (const initializer of graph.initializers)
    w.message(5, (inner) => writeInitializer(inner, initializer, folder))
  for (const input of graph.inputs) w.message(11, (inner) => writeValueInfo(inner, input))
  for (const output of graph.outputs) w.message(12, (inner) => writeValueInfo(inner, output))
}

function writeNode(w: ProtobufWriter, node: Node, folder: string): void {
  for (const input of node.inputs) w.text(1, input)
  for (const output of node.outputs) w.text(2, output)
  w.text(3, node.name).text(4, node.op)
  for (const [name, value] of Object.entries(node.attributes))
    w.message(5, (inner) => writeAttribute(inner.text(1, name), value, folder))
  if (node.domain) w.text(7, node.domain)
}

function writeAttribute(w: ProtobufWriter, value: Attribute, folder: string): void {
  if (typeof value === 'number') w.int(3, value).int(20, attributeCodes.int)
  else if (typeof value === 'string') w.text(4, value).int(20, attributeCodes.text)
  else if ('float' in value) w.float(2, value.float).int(20, attributeCodes.float)
  else if ('graph' in value)
    w.message(6, (inner) => writeGraph(inner, value.graph, folder)).int(20, attributeCodes.graph)
  else {
    for (const item of value) w.int(8, item)
    w.int(20, attributeCodes.ints)
  }
}

function writeInitializer(w: ProtobufWriter, { name, type, dims, data }: Initializer, folder: string): void {
  for (const dim of dims) w.int(1, dim)
  w.int(2, typeCodes[type]).text(8, name)
  if (data instanceof Uint8Array) {
    w.bytes(9, data)
    return
  }
  const location = relative(folder, data.file).split(sep).join('/')
  const entry = (key: string, value: string) => w.message(13, (inner) => inner.text(1, key).text(2, value))
  entry('location', location)
  entry('offset', String(data.offset))
  entry('length', String(data.length))
  w.int(14, externalLocation)
}

function writeValueInfo(w: ProtobufWriter, { name, type, dims }: ValueInfo): void {
  w.text(1, name).message(2, (typeProto) =>
    typeProto.message(1, (tensorType) =>
      tensorType.int(1, typeCodes[type]).message(2, (shape) => {
        for (const dim of dims)
          shape.message(1, (d) => (typeof dim === 'number' ? d.int(1, dim) : d.text(2, dim)))
      }),
    ),
  )
}
