/** ONNX files that are well formed and mean harm: each asks the runtime for what it cannot give. */
import { dialects } from '#inference/onnx/dialect.ts'
import { encodeModel } from '#inference/onnx/encode.ts'
import { GraphBuilder, type Scope, type Value } from '#inference/onnx/graph-builder.ts'

export type Harm = (s: Scope, image: Value) => Value

const mean: Harm = (s, image) => s.op('ReduceMean', [image, s.graph.ints([1, 2, 3])], { keepdims: 0 })

export const harms = {
  'four terabytes': (s, image) => s.op('Expand', [mean(s, image), s.graph.ints([2 ** 20, 2 ** 20])]),
  'more values than can be counted': (s, image) =>
    s.op('Expand', [mean(s, image), s.graph.ints([2 ** 31, 2 ** 31, 2 ** 31])]),
  'a shape of less than nothing': (s, image) => s.op('Reshape', [image, s.graph.ints([-7, 3])]),
  'a value far outside its tensor': (s, image) =>
    s.op('Gather', [image, s.graph.ints([123_456_789])], { axis: 3 }),
  'itself a million times a million': (s, image) => s.op('Tile', [image, s.graph.ints([1e6, 1e6, 1, 1])]),
} satisfies Record<string, Harm>

/** Gets what it asks for: as many GiB as this, by and by, and goes on to count with them. */
export const hoard =
  (gibibytes: number): Harm =>
  (s, image) => {
    const parts = Array.from({ length: gibibytes * 4 }, () =>
      s.op('Expand', [mean(s, image), s.graph.ints([2 ** 13, 2 ** 13])]),
    )
    return s.op('ReduceMean', [s.op('Concat', parts, { axis: 0 }), s.graph.ints([0])], { keepdims: 0 })
  }

export function hostileDetector(harm: Harm): Uint8Array {
  const graph = new GraphBuilder({ place: 'a test', files: [], entries: new Map(), size: 0 }, dialects.cpu)
  const s = graph.root()
  const image = graph.input('image', 'float', [1, 3, 16, 16])
  graph.output('boxes', s.op('Reshape', [harm(s, image), graph.ints([-1, 4])]), [2, 4])
  graph.output('scores', s.op('Concat', [mean(s, image), mean(s, image)], { axis: 0 }), [2, 2])
  return encodeModel(graph.finish('hostile')).bytes
}
