import { describe, expect, test } from 'vitest'
import { dialects } from '#inference/onnx/dialect.ts'
import { encodeModel } from '#inference/onnx/encode.ts'
import { GraphBuilder } from '#inference/onnx/graph-builder.ts'
import { ProtobufWriter } from '#inference/onnx/protobuf.ts'
import { Session } from '#inference/session.ts'
import { CheckpointError, type TensorEntry } from '#inference/checkpoint/safetensors.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('a protocol-buffer message', () => {
  test('is written as the format says', () => {
    expect(hex(new ProtobufWriter().int(1, 150).finish())).toBe('089601')
    expect(hex(new ProtobufWriter().int(1, -1).finish())).toBe('08ffffffffffffffffff01')
    expect(hex(new ProtobufWriter().text(2, 'testing').finish())).toBe('120774657374696e67')
    expect(hex(new ProtobufWriter().float(20, 1).finish())).toBe('a5010000803f')
    expect(hex(new ProtobufWriter().message(3, (inner) => inner.int(1, 150)).finish())).toBe('1a03089601')
  })

  test('may have as many fields as a large network has', () => {
    const large = new ProtobufWriter().message(1, (inner) => {
      for (let i = 0; i < 300_000; i++) inner.int(1, 1)
    })
    expect(large.finish()).toHaveLength(600_004)
  })
})

describe('the graph builder', () => {
  const entry = (name: string, shape: number[], dtype: TensorEntry['dtype'] = 'F32'): TensorEntry => ({
    ...{ name, shape, dtype, file: '/models/a/unet/weights.safetensors', offset: 100 },
    length: 4 * shape.reduce((a, b) => a * b, 1),
  })
  const weights = (...entries: TensorEntry[]) => ({
    ...{ place: '/models/a/unet', files: [], size: 0 },
    entries: new Map(entries.map((item) => [item.name, item])),
  })

  test('names node and weight by the path of its scope', () => {
    const graph = new GraphBuilder(weights(entry('mid.conv.weight', [2, 3])), dialects.coreml)
    const scope = graph.root('mid').at('conv')
    graph.output('y', scope.op('Identity', [scope.weight('weight', [2, 3])]), [2, 3])
    const { graph: written } = graph.finish('test')
    expect(written.nodes[0]).toMatchObject({ name: 'mid.conv/Identity', inputs: ['mid.conv.weight'] })
    expect(written.initializers[0]).toMatchObject({
      name: 'mid.conv.weight',
      data: { offset: 100, length: 24 },
    })
  })

  test('cuts rows out of a weight without copying it', () => {
    const graph = new GraphBuilder(weights(entry('w', [4, 3])), dialects.coreml)
    graph.root().weightRows('w', [4, 3], 2, 4)
    expect(graph.finish('test').graph.initializers[0]).toMatchObject({
      dims: [2, 3],
      data: { offset: 124, length: 24 },
    })
  })

  test('refuses a weight that is missing, of another shape, or no float', () => {
    const graph = new GraphBuilder(weights(entry('w', [4, 3]), entry('ids', [1], 'I64')), dialects.coreml)
    const ask = (name: string, shape: number[]) => () => graph.root().weight(name, shape)
    expect(ask('v', [1])).toThrow(CheckpointError)
    expect(ask('v', [1])).toThrow("Cannot use /models/a/unet: tensor 'v' is missing; config.json asks for it")
    expect(ask('w', [3, 4])).toThrow("tensor 'w' has shape [4,3], config.json asks for [3,4]")
    expect(ask('ids', [1])).toThrow("tensor 'ids' is stored as I64; supported are F32, F16 and BF16")
  })

  test('points to weights relative to the deepest folder that holds them all', () => {
    const other = { ...entry('b', [1]), file: '/models/b/two.safetensors' }
    const graph = new GraphBuilder(weights(entry('a', [1]), other), dialects.coreml)
    graph.root().weight('a', [1])
    graph.root().weight('b', [1])
    const { folder, bytes, weightBytes } = encodeModel(graph.finish('test'))
    expect([folder, weightBytes]).toEqual(['/models', 8])
    expect(Buffer.from(bytes).includes('a/unet/weights.safetensors')).toBe(true)
  })

  test('runs only the branch that its condition chooses', async () => {
    const graph = new GraphBuilder(weights(), dialects.coreml)
    const s = graph.root('gate')
    const x = graph.input('x', 'float', ['n'])
    const positive = s.op('Greater', [s.op('ReduceSum', [x], { keepdims: 0 }), graph.scalar(0)])
    const twice = () => s.op('Add', [x, x])
    graph.output(
      'y',
      s.graph.branch('gate', positive, ['n'], twice, () => s.op('Neg', [x])),
      ['n'],
    )
    const session = await Session.open(graph.finish('test'), { provider: 'cpu' })
    const ask = async (value: number) =>
      (await session.run({ x: { data: Float32Array.of(value), shape: [1] } })).y?.data[0]
    expect([await ask(3), await ask(-3)]).toEqual([6, 3])
    await session.release()
  })
})
