/**
 * The grounding feature of a reference picture: CLIP's image embedding, turned into the space of the text features.
 * Source: Li et al. 2023, section 3.3; gligen/GLIGEN f9dccb9, gligen_inference.py
 */
import type { Component, ModelFolder } from './checkpoint/model-folder.ts'
import { CheckpointError, readTensor } from './checkpoint/safetensors.ts'
import { LazySession } from './lazy-session.ts'
import { authorClipVision, readClipVisionConfig } from './networks/clip-vision.ts'
import { preprocess, readPreprocessing, type Image, type Preprocessing } from './pictures.ts'
import { dialects } from './onnx/dialect.ts'
import type { SessionOptions } from './session.ts'
import { rowsOf, stack, tensor, type Tensor } from './tensor.ts'

/** Length of a text feature in the published models; a model may give its own in image_project/config.json. */
const usualLength = 28.7

interface Projection {
  /** [D, P]; null where embeddings are used as they are. */
  readonly matrix: Tensor | null
  /** Every feature is scaled to this length. */
  readonly length: number
}

export class ImageEncoder {
  private readonly session: LazySession
  private readonly preprocessing: Preprocessing
  private readonly projection: Projection

  private constructor(session: LazySession, preprocessing: Preprocessing, projection: Projection) {
    this.session = session
    this.preprocessing = preprocessing
    this.projection = projection
  }

  /** @throws CheckpointError, UnsupportedModelError */
  static async open(folder: ModelFolder, options: SessionOptions): Promise<ImageEncoder> {
    const { place, config, weights } = await folder.component('image_encoder')
    const parsed = readClipVisionConfig(place, config)
    const session = new LazySession(
      () => authorClipVision(parsed, weights, dialects[options.provider]),
      options,
    )
    const preprocessing = readPreprocessing(await folder.processorConfig(), parsed.image_size)
    const project = folder.names.has('image_project') ? await folder.component('image_project') : null
    return new ImageEncoder(session, preprocessing, await readProjection(project))
  }

  /** @returns [1, D] */
  async encode(image: Image): Promise<Tensor> {
    return this.encodePixels(await preprocess(image, this.preprocessing))
  }

  /**
   * @param pixels [B, 3, side, side], normalised
   * @returns [B, D]
   */
  async encodePixels(pixels: Tensor): Promise<Tensor> {
    const { image_embeds: embeddings } = await this.session.run({ pixel_values: pixels })
    if (!embeddings) throw new TypeError('Cannot encode a reference picture: the encoder has no output')
    const [pictures = 0] = embeddings.shape
    return stack(Array.from({ length: pictures }, (_, i) => this.feature(rowsOf(embeddings, i, i + 1).data)))
  }

  private feature(embedding: Float32Array): Tensor {
    const { matrix, length } = this.projection
    const projected = matrix ? multiply(matrix, embedding) : embedding
    const scale = length / Math.hypot(...projected)
    return tensor(
      projected.map((value) => value * scale),
      [1, projected.length],
    )
  }

  async release(): Promise<void> {
    await this.session.release()
  }
}

async function readProjection(component: Component | null): Promise<Projection> {
  if (!component) return { matrix: null, length: usualLength }
  const entry = component.weights.entries.get('project.weight')
  if (!entry) throw new CheckpointError(`Cannot use ${component.place}: tensor 'project.weight' is missing`)
  const { gligen_normalize_constant: length } = component.config
  return { matrix: await readTensor(entry), length: typeof length === 'number' ? length : usualLength }
}

function multiply({ data, shape: [rows = 0, columns = 0] }: Tensor, vector: Float32Array): Float32Array {
  if (vector.length !== columns)
    throw new CheckpointError(
      `Cannot project an image embedding of ${vector.length} values: image_project takes ${columns}`,
    )
  return Float32Array.from({ length: rows }, (_, row) =>
    vector.reduce((sum, value, column) => sum + value * (data[row * columns + column] ?? 0), 0),
  )
}
