import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSelfContained } from '#inference/checkpoint/onnx-file.ts'
import { CheckpointError } from '#inference/checkpoint/safetensors.ts'
import { encodeModel } from '#inference/onnx/encode.ts'
import type { Graph, Initializer } from '#inference/onnx/model.ts'
import { ProtobufWriter } from '#inference/onnx/protobuf.ts'

const inside: Initializer = { name: 'w', type: 'float', dims: [1], data: new Uint8Array(4) }
const outside: Initializer = { ...inside, data: { file: '/models/a/w.safetensors', offset: 0, length: 4 } }

const graphOf = (weight: Initializer, ...branches: Graph[]): Graph => ({
  name: 'g',
  nodes: branches.map((graph) => ({
    ...{ name: 'if', op: 'If', domain: '', inputs: [], outputs: ['y'] },
    attributes: { then_branch: { graph } },
  })),
  initializers: [weight],
  inputs: [],
  outputs: [],
})
const fileOf = (graph: Graph) => encodeModel({ graph, opset: 21 }).bytes
const refusal = (bytes: Uint8Array): string => {
  try {
    checkSelfContained(bytes, 'model.onnx')
    return 'taken'
  } catch (error) {
    expect(error).toBeInstanceOf(CheckpointError)
    return (error as Error).message
  }
}

/** A tensor that says where its values lie, as no encoder of ours would. */
const pointing = (location: string) =>
  new ProtobufWriter().message(7, (graph) =>
    graph.message(5, (tensor) =>
      tensor
        .text(8, 'w')
        .message(13, (pair) => pair.text(1, 'location').text(2, location))
        .int(14, 1),
    ),
  )

describe('an ONNX file of somebody else', () => {
  test('is taken when it holds its weights itself, in branches too', () => {
    expect(refusal(fileOf(graphOf(inside)))).toBe('taken')
    expect(refusal(fileOf(graphOf(inside, graphOf(inside, graphOf(inside)))))).toBe('taken')
  })

  test.each(['../../etc/passwd', '/etc/passwd', 'weights.bin', 'a/../../b', 'C:\\x', '', 'link'])(
    "is refused when it points at '%s'",
    (location) => {
      expect(refusal(pointing(location).finish())).toBe(
        'Cannot read model.onnx: it names another file as its weights, and must hold them itself; export the file again',
      )
    },
  )

  test('is refused wherever the pointer hides', () => {
    expect(refusal(fileOf(graphOf(outside)))).toContain('names another file')
    expect(refusal(fileOf(graphOf(inside, graphOf(inside, graphOf(outside)))))).toContain(
      'names another file',
    )
    const tensor = (w: ProtobufWriter) => w.int(14, 1)
    const hiding: Record<string, ProtobufWriter> = {
      'an attribute': new ProtobufWriter().message(7, (g) =>
        g.message(1, (n) => n.message(5, (a) => a.message(5, tensor))),
      ),
      'a list of tensors': new ProtobufWriter().message(7, (g) =>
        g.message(1, (n) => n.message(5, (a) => a.message(10, tensor))),
      ),
      'a sparse tensor': new ProtobufWriter().message(7, (g) => g.message(15, (s) => s.message(2, tensor))),
      'a function': new ProtobufWriter().message(25, (f) =>
        f.message(7, (n) => n.message(5, (a) => a.message(5, tensor))),
      ),
      'a training graph': new ProtobufWriter().message(20, (t) => t.message(1, (g) => g.message(5, tensor))),
    }
    for (const [place, file] of Object.entries(hiding))
      expect(refusal(file.finish()), place).toContain('another file')
  })

  test('is refused when its graphs are nested without end', () => {
    let graph = graphOf(inside)
    for (let depth = 0; depth < 30; depth++) graph = graphOf(inside, graph)
    expect(refusal(fileOf(graph))).toContain('nested deeper than 64 levels')
  })

  test('that breaks off is refused or harmless, at every byte', () => {
    const whole = fileOf(graphOf(inside, graphOf(inside)))
    for (let length = 0; length < whole.length; length++) refusal(whole.subarray(0, length))
    expect(refusal(whole.subarray(0, whole.length - 1))).toContain('ends in the middle')
  })

  test('of any bytes throws nothing but CheckpointError, and takes linear time for many', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void refusal(bytes)),
      { numRuns: 200 },
    )
    const begin = performance.now()
    refusal(new Uint8Array(5e6).fill(0x3a))
    expect(performance.now() - begin).toBeLessThan(10_000)
  })

  test('with a changed byte throws nothing but CheckpointError', () => {
    const file = pointing('../x').finish()
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), (at, byte) => {
        const mutant = Uint8Array.from(file).fill(byte, at, at + 1)
        refusal(mutant)
      }),
      { numRuns: 200 },
    )
  })
})
