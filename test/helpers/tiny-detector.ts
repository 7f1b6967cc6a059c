/** A detector small enough to reason about: it sees a cat where a half of the picture is red and a dog where it is green. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dialects } from '#inference/onnx/dialect.ts'
import { encodeModel } from '#inference/onnx/encode.ts'
import { GraphBuilder, type Scope, type Value } from '#inference/onnx/graph-builder.ts'

export const tinyDetectorConfig = {
  kinds: ['cat', 'dog'],
  size: [16, 16],
  input: 'image',
  outputs: { boxes: 'boxes', scores: 'scores' },
  threshold: 0.5,
  nms: 0.5,
  aliases: { 猫: 'cat' },
}

/** Puts `detector/` into a model folder: the left and the right half of the picture, each with two scores. */
export async function writeTinyDetector(model: string, config: object = tinyDetectorConfig): Promise<void> {
  const folder = join(model, 'detector')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'model.onnx'), tinyDetector())
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
}

function tinyDetector(): Uint8Array {
  const graph = new GraphBuilder({ place: 'a test', files: [], entries: new Map(), size: 0 }, dialects.cpu)
  const s = graph.root()
  const image = graph.input('image', 'float', [1, 3, 16, 16])
  const halves = [meanColour(s, image, 0, 8), meanColour(s, image, 8, 16)]
  const boxes = graph.floats('halves', [0, 0, 0.5, 1, 0.5, 0, 1, 1], [2, 4])
  graph.output('boxes', boxes, [2, 4])
  graph.output('scores', s.op('Concat', halves, { axis: 0 }), [2, 2])
  return encodeModel(graph.finish('tiny-detector')).bytes
}

/** [1, 2]: how red and how green some columns are. */
function meanColour(s: Scope, image: Value, from: number, to: number): Value {
  const { graph } = s
  const part = s.op('Slice', [image, graph.ints([0, from]), graph.ints([2, to]), graph.ints([1, 3])])
  return s.op('ReduceMean', [part, graph.ints([2, 3])], { keepdims: 0 })
}
