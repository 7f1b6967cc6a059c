/**
 * Compares the networks of a model folder with outputs that PyTorch gave.
 *
 * The folder holds, beside its networks, a `parity.safetensors` with inputs and outputs by name:
 *
 * - `text_encoder.input_ids` → `last_hidden_state`, `pooler_output`
 * - `image_encoder.pixel_values` → `image_embeds`
 * - `vae.latents` → `decoded`;  `vae.image` → `moments`
 * - `image_project.pixel_values` → `feature`, the encoder's answer projected and scaled as GLIGEN does
 * - `unet.sample`, `timestep`, `encoder_hidden_states`, and where the gated layers run `boxes`, `masks`,
 *   `positive_embeddings` (or `phrases_masks`, `image_masks`, `phrases_embeddings`, `image_embeddings`), or `points`
 *   and `masks`, → `out`; `adapters/<name>.…` are the same for the UNet with that adapter
 */
import { join } from 'node:path'
import {
  openModelFolder,
  type Component,
  type ModelFolder,
  type NetworkName,
} from './checkpoint/model-folder.ts'
import { adapterNames, adaptersFolder, chooseAdapter, withAdapter } from './checkpoint/adapter.ts'
import { CheckpointError, readHeader, readTensor } from './checkpoint/safetensors.ts'
import { Denoiser } from './denoiser.ts'
import type { Grounding } from './grounding.ts'
import { ImageEncoder } from './image-encoder.ts'
import { authorClipText, readClipTextConfig } from './networks/clip-text.ts'
import { authorClipVision, readClipVisionConfig } from './networks/clip-vision.ts'
import { authorVaeDecoder, authorVaeEncoder, readVaeConfig } from './networks/vae.ts'
import type { OnnxModel } from './onnx/model.ts'
import { dialects, type Dialect, type Provider } from './onnx/dialect.ts'
import { Session, type Feeds } from './session.ts'
import { sameShape, tensor, type Tensor } from './tensor.ts'

/** The largest relative error that counts as the same network. */
export const parityLimit = 1e-4

export interface ParityResult {
  readonly network: string
  readonly output: string
  /** ‖ours − PyTorch's‖ / ‖PyTorch's‖. */
  readonly relativeError: number
  /** The largest difference of two values. */
  readonly maxAbs: number
  readonly ok: boolean
}

/**
 * Runs every network that the folder has recorded outputs for.
 *
 * @throws CheckpointError when the folder has no record, or a record has inputs but nothing to compare with.
 */
export async function runParity(folder: string, provider: Provider = 'cpu'): Promise<ParityResult[]> {
  const model = await openModelFolder(folder)
  const record = await readRecord(join(folder, 'parity.safetensors'))
  const results: ParityResult[] = []
  for (const network of model.names) {
    const [values, compare] = [record.get(network), comparisons[network]]
    if (values && compare) results.push(...(await compare({ model, values, provider })))
  }
  for (const name of await adapterNames(folder)) {
    const values = record.get(`${adaptersFolder}/${name}`)
    if (values) results.push(...(await compareUNet({ model, values, provider }, name)))
  }
  if (results.length === 0)
    throw new CheckpointError(
      `Cannot compare ${folder}: its parity.safetensors has no output of ${Object.keys(comparisons).join(', ')}`,
    )
  return results
}

type Values = ReadonlyMap<string, Tensor>

interface Case {
  readonly model: ModelFolder
  readonly values: Values
  readonly provider: Provider
}

/** Network → name → tensor, from names such as `unet.out`. */
async function readRecord(path: string): Promise<Map<string, Map<string, Tensor>>> {
  const record = new Map<string, Map<string, Tensor>>()
  for (const [key, entry] of await readHeader(path)) {
    const [network = '', name = ''] = [key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1)]
    const values = record.get(network) ?? new Map<string, Tensor>()
    record.set(network, values.set(name, await readTensor(entry)))
  }
  return record
}

const comparisons: Partial<Record<NetworkName, (given: Case) => Promise<ParityResult[]>>> = {
  text_encoder: (given) =>
    compareOne(given, 'text_encoder', {
      inputs: ['input_ids'],
      outputs: ['last_hidden_state', 'pooler_output'],
      author: ({ place, config, weights }, dialect) =>
        authorClipText(readClipTextConfig(place, config), weights, dialect),
    }),
  image_encoder: (given) =>
    compareOne(given, 'image_encoder', {
      inputs: ['pixel_values'],
      outputs: ['image_embeds'],
      author: ({ place, config, weights }, dialect) =>
        authorClipVision(readClipVisionConfig(place, config), weights, dialect),
    }),
  vae: async (given) => [
    ...(await compareOne(given, 'vae', {
      inputs: ['latents'],
      outputs: ['decoded'],
      author: ({ place, config, weights }, dialect) =>
        authorVaeDecoder(readVaeConfig(place, config), weights, dialect),
    })),
    ...(await compareOne(given, 'vae', {
      inputs: ['image'],
      outputs: ['moments'],
      author: ({ place, config, weights }, dialect) =>
        authorVaeEncoder(readVaeConfig(place, config), weights, dialect),
    })),
  ],
  image_project: compareFeatures,
  unet: (given) => compareUNet(given, 'none'),
}

async function compareFeatures({ model, values, provider }: Case): Promise<ParityResult[]> {
  const expected = values.get('feature')
  if (!expected) return []
  const encoder = await ImageEncoder.open(model, { provider })
  try {
    const ours = await encoder.encodePixels(valueOf(values, 'image_project', 'pixel_values'))
    return [difference('image_project', 'feature', ours, expected)]
  } finally {
    await encoder.release()
  }
}

interface Subject {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly author: (component: Component, dialect: Dialect) => OnnxModel
}

async function compareOne(
  { model, values, provider }: Case,
  name: NetworkName,
  subject: Subject,
): Promise<ParityResult[]> {
  const wanted = subject.outputs.filter((output) => values.has(output))
  if (wanted.length === 0) return []
  const feeds = Object.fromEntries(
    subject.inputs.map((input) => [input, feedOf(input, valueOf(values, name, input))]),
  )
  const session = await Session.open(subject.author(await model.component(name), dialects[provider]), {
    provider,
  })
  try {
    const results = await session.run(feeds satisfies Feeds)
    return wanted.map((output) => difference(name, output, results[output], valueOf(values, name, output)))
  } finally {
    await session.release()
  }
}

function feedOf(name: string, value: Tensor) {
  return name === 'input_ids' ? { ids: BigInt64Array.from(value.data, BigInt), shape: value.shape } : value
}

async function compareUNet({ model, values, provider }: Case, wanted: string): Promise<ParityResult[]> {
  const expected = values.get('out')
  if (!expected) return []
  const adapter = await chooseAdapter(model.path, wanted)
  const network = adapter ? `${adaptersFolder}/${adapter.name}` : 'unet'
  const need = (name: string) => valueOf(values, network, name)
  const sample = need('sample')
  const times = [...need('timestep').data]
  const timestep = times.length === 1 ? (times[0] ?? 0) : times
  const grounding = recordedGrounding(values)
  const branch = { context: need('encoder_hidden_states'), ...(grounding && { grounding }) }
  const base = await model.component('unet')
  const unet = adapter ? await withAdapter(base, model.path, adapter) : base
  const denoiser = new Denoiser(unet, { provider })
  try {
    const [out] = await denoiser.denoise({ sample, timestep, branches: [branch] })
    return [difference(network, 'out', out, expected)]
  } finally {
    await denoiser.release()
  }
}

function recordedGrounding(values: Values): Grounding | undefined {
  const [boxes, masks, points] = [values.get('boxes'), values.get('masks'), values.get('points')]
  if (points && masks) return { points, masks }
  if (!boxes || !masks) return undefined
  const phrases = values.get('positive_embeddings') ?? valueOf(values, 'unet', 'phrases_embeddings')
  const [phraseMasks, images, imageMasks] = ['phrases_masks', 'image_embeddings', 'image_masks'].map((name) =>
    values.get(name),
  )
  return {
    boxes,
    masks,
    phrases,
    ...(phraseMasks && { phraseMasks }),
    ...(images && { images }),
    ...(imageMasks && { imageMasks }),
  }
}

function valueOf(values: Values, network: string, name: string): Tensor {
  const value = values.get(name)
  if (!value)
    throw new CheckpointError(
      `Cannot compare ${network}: parity.safetensors has no tensor '${network}.${name}'`,
    )
  return value
}

function difference(network: string, output: string, ours: Tensor | undefined, theirs: Tensor): ParityResult {
  const { data } = tensor(theirs.data, theirs.shape)
  if (!ours || !sameShape(ours.shape, theirs.shape))
    return { network, output, relativeError: Infinity, maxAbs: Infinity, ok: false }
  let [squares, total, maxAbs] = [0, 0, 0]
  data.forEach((value, i) => {
    const gap = Math.abs((ours.data[i] ?? NaN) - value)
    squares += gap * gap
    total += value * value
    maxAbs = gap > maxAbs || Number.isNaN(gap) ? gap : maxAbs
  })
  const relativeError = Math.sqrt(squares / (total || 1))
  return { network, output, relativeError, maxAbs, ok: relativeError <= parityLimit }
}
