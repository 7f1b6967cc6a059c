/**
 * A detector that comes along with a model, as one ONNX file: what stands where in a picture. Any network can take its
 * place that declares what `config.json` says.
 *
 * Letters: H, W height and width of what it reads, N boxes, K kinds.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { z } from 'zod'
import { readJson } from './checkpoint/read-json.ts'
import { checkSelfContained } from './checkpoint/onnx-file.ts'
import { CheckpointError } from './checkpoint/safetensors.ts'
import { suppressed, type Detection } from './detections.ts'
import { parseConfig } from './networks/config-error.ts'
import { resizePicture, type Image } from './pictures.ts'

const fraction = z.number().min(0).max(1)
const name = z.string().min(1).max(200)
const schema = z.looseObject({
  /** What it can tell apart, in the order of its scores. */
  kinds: z.array(name).min(1).max(10_000),
  /** [H, W] of what it reads. */
  size: z.tuple([z.int().min(1).max(4096), z.int().min(1).max(4096)]),
  input: name.default('image'),
  outputs: z
    .strictObject({
      boxes: name.default('boxes'),
      scores: name.default('scores'),
      keypoints: name.optional(),
      places: name.optional(),
    })
    .prefault({}),
  /** A score below it is nothing. */
  threshold: fraction.default(0.3),
  /** Boxes of one kind that overlap more are one. */
  nms: fraction.default(0.5),
  /** Other words for a kind, such as those of another language. */
  aliases: z.record(z.string(), name).default({}),
  /** What the whole picture may show, in the order of `outputs.places`. */
  places: z.array(name).default([]),
  /** Kinds whose keypoints mean something; all of them where it is absent. */
  posed: z.array(name).optional(),
  /** Of 17 keypoints, for their similarity; COCO's where absent. */
  sigmas: z.array(z.number().positive()).length(17).optional(),
})

export type DetectorConfig = z.output<typeof schema>

export interface Sight {
  /** Surest first. */
  readonly detections: readonly Detection[]
  /** How much the picture looks like each place, by name; empty where the detector does not say. */
  readonly places: Readonly<Record<string, number>>
}

export const detectorFolder = 'detector'

/** Larger files are no detectors that come along with a model. */
const maxBytes = 1024 ** 3

export class Detector {
  readonly config: DetectorConfig
  private readonly session: ort.InferenceSession

  private constructor(config: DetectorConfig, session: ort.InferenceSession) {
    this.config = config
    this.session = session
  }

  /**
   * @param model the model's folder
   * @throws CheckpointError when there is none, it is no ONNX file, or declares other inputs and outputs than its config;
   * UnsupportedModelError when a field of the config is wrong
   */
  static async open(model: string): Promise<Detector> {
    const folder = join(model, detectorFolder)
    const file = join(folder, 'model.onnx')
    const info = await stat(file).catch(() => null)
    if (!info?.isFile())
      throw new CheckpointError(
        `Cannot look at a picture with ${model}: it has no ${detectorFolder}/model.onnx; use a model that brings a detector`,
      )
    if (info.size > maxBytes)
      throw new CheckpointError(
        `Cannot read ${file}: it has ${info.size} bytes, a detector has at most ${maxBytes}`,
      )
    const place = join(folder, 'config.json')
    const config = parseConfig(place, schema, await readJson(place))
    // As bytes, and looked at before: a file that a stranger wrote cannot then name other files as its weights.
    const bytes = await readFile(file)
    checkSelfContained(bytes, file)
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      logSeverityLevel: 4,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    }).catch((error: unknown) => {
      throw new CheckpointError(
        `Cannot use ${file}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      )
    })
    checkDeclared(file, config, session)
    return new Detector(config, session)
  }

  /**
   * @param threshold a score below it is nothing; default: the detector's own
   * @throws CheckpointError when the network answers in another shape than its config says.
   */
  async look(image: Image, threshold = this.config.threshold): Promise<Sight> {
    const { size, input, outputs, kinds, nms, posed = kinds } = this.config
    const results = await this.session.run({ [input]: await pixelsOf(image, size) })
    const boxes = floats(results, outputs.boxes, [null, 4])
    const count = boxes.length / 4
    const scores = floats(results, outputs.scores, [count, kinds.length])
    const points = outputs.keypoints ? floats(results, outputs.keypoints, [count, 17, 3]) : null
    const candidates = Array.from(scores, (score, i): Detection[] => {
      const kind = kinds[i % kinds.length]
      const at = Math.floor(i / kinds.length)
      if (!(score >= threshold) || kind === undefined) return []
      const box = cornersOf(boxes, at)
      const keypoints = points && posed.includes(kind) ? keypointsOf(points, at) : undefined
      return [{ box, kind, score, ...(keypoints && { keypoints }) }]
    })
    return { detections: suppressed(candidates.flat(), nms), places: this.places(results) }
  }

  async release(): Promise<void> {
    await this.session.release()
  }

  private places(results: ort.InferenceSession.OnnxValueMapType): Record<string, number> {
    const { outputs, places } = this.config
    if (!outputs.places) return {}
    const scores = floats(results, outputs.places, [places.length])
    return Object.fromEntries(places.map((place, i) => [place, scores[i] ?? 0]))
  }
}

function cornersOf(boxes: Float32Array, at: number): Detection['box'] {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = boxes.subarray(4 * at, 4 * at + 4)
  return [x0, y0, x1, y1]
}

function keypointsOf(points: Float32Array, at: number): NonNullable<Detection['keypoints']> {
  return Array.from({ length: 17 }, (_, i) => {
    const [x = 0, y = 0, visible = 0] = points.subarray((17 * at + i) * 3, (17 * at + i) * 3 + 3)
    return [x, y, visible] as const
  })
}

/** [1, 3, H, W], 0..1. */
async function pixelsOf(image: Image, [height, width]: readonly [number, number]): Promise<ort.Tensor> {
  const same = image.width === width && image.height === height
  const { data } = same ? image : await resizePicture(image, { width, height, kernel: 'linear' })
  const area = width * height
  const planes = new Float32Array(3 * area)
  for (let i = 0; i < 3 * area; i++) planes[(i % 3) * area + Math.floor(i / 3)] = data[i] ?? 0
  return new ort.Tensor('float32', planes, [1, 3, height, width])
}

/** The values of an output whose shape is as said; null fits any size, and a leading 1 may be there or not. */
function floats(
  results: ort.InferenceSession.OnnxValueMapType,
  name: string,
  shape: readonly (number | null)[],
): Float32Array {
  const value = results[name]
  const dims =
    value && value.dims.length === shape.length + 1 && value.dims[0] === 1 ? value.dims.slice(1) : value?.dims
  const fits =
    dims?.length === shape.length && shape.every((size, axis) => size === null || size === dims[axis])
  if (!fits || !(value?.data instanceof Float32Array))
    throw new CheckpointError(
      `Cannot read output '${name}' of the detector: it is ${value?.type ?? 'nothing'} [${value?.dims ?? ''}], its config says float32 [${shape.map((size) => size ?? 'boxes')}]`,
    )
  return value.data
}

/** What the file declares must be what the config says, told before anything runs. */
function checkDeclared(
  file: string,
  { input, outputs, size }: DetectorConfig,
  session: ort.InferenceSession,
): void {
  const refuse = (state: string) =>
    new CheckpointError(`Cannot use ${file}: ${state}; its config.json must say the same`)
  const [read, ...others] = session.inputMetadata
  if (read?.name !== input || others.length > 0)
    throw refuse(
      `it reads ${session.inputNames.map((name) => `'${name}'`).join(', ')} and the config names '${input}'`,
    )
  const wanted = [1, 3, ...size]
  const fits =
    read.isTensor &&
    read.type === 'float32' &&
    read.shape.length === 4 &&
    read.shape.every((dim, axis) => typeof dim === 'string' || dim < 0 || dim === wanted[axis])
  if (!fits)
    throw refuse(
      `it reads '${input}' as ${read.isTensor ? `${read.type} [${read.shape}]` : 'no tensor'}, the config says float32 [${wanted}]`,
    )
  const missing = Object.values(outputs).find(
    (name) => name !== undefined && !session.outputNames.includes(name),
  )
  if (missing !== undefined)
    throw refuse(
      `it has no output '${missing}', it has ${session.outputNames.map((name) => `'${name}'`).join(', ')}`,
    )
}

/** The kind that words speak of: the longest name or alias that stands in them as whole words; null where none does. */
export function kindIn(
  words: string,
  { kinds, aliases }: Pick<DetectorConfig, 'kinds' | 'aliases'>,
): string | null {
  const names = [...kinds.map((kind) => [kind, kind] as const), ...Object.entries(aliases)]
  const text = words.normalize('NFC').toLowerCase()
  const found = names.filter(([name]) => standsIn(name.normalize('NFC').toLowerCase(), text))
  return found.toSorted(([a], [b]) => b.length - a.length)[0]?.[1] ?? null
}

/** Scripts without spaces have no word ends to look for. */
function standsIn(name: string, text: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const inWord = (edge: string) => /[\p{Script=Latin}\p{N}]/u.test(edge)
    const before = at === 0 ? '' : text.charAt(at - 1)
    const after = text.charAt(at + name.length)
    if (!inWord(name) || (!inWord(before) && !inWord(after))) return true
  }
  return false
}
