/**
 * What a diffusers model folder is: one folder per network with its config.json and weights, a tokenizer, a scheduler.
 * Only known names are opened, and only JSON and safetensors are read.
 */
import { createHash } from 'node:crypto'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readJson, type Config } from './read-json.ts'
import { CheckpointError } from './safetensors.ts'
import { readWeights, type Weights } from './weights.ts'

export const networkNames = ['text_encoder', 'image_encoder', 'image_project', 'vae', 'unet'] as const
export type NetworkName = (typeof networkNames)[number]

/** A network on disk: its config and where its weights lie. */
export interface Component {
  readonly place: string
  readonly config: Config
  readonly weights: Weights
}

export interface ModelFolder {
  readonly path: string
  readonly names: ReadonlySet<NetworkName>
  /** @throws CheckpointError when the folder has no such network, or its weights are wrong. */
  component(name: NetworkName): Promise<Component>
  /** The scheduler's config; empty where the folder has none. */
  schedulerConfig(): Promise<Config>
  /** The image processor's config; null where the folder has none. */
  processorConfig(): Promise<Config | null>
  /** The folder that holds the tokenizer's files; null where there is none. */
  readonly tokenizer: string | null
}

/**
 * Looks at a folder without reading any weights. A folder that holds a single network by itself counts as well.
 *
 * @throws CheckpointError when it is no folder or holds no network.
 */
export async function openModelFolder(path: string): Promise<ModelFolder> {
  const listed = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new CheckpointError(
      `Cannot open model ${path}: ${error.code === 'ENOENT' ? 'there is no such folder' : error.message}`,
    )
  })
  const all = new Set(listed.map(({ name }) => name))
  const alone = all.has('config.json') ? networkOf(await readJson(join(path, 'config.json'))) : null
  const names = new Set(alone ? [alone] : networkNames.filter((name) => all.has(name)))
  if (names.size === 0)
    throw new CheckpointError(
      `Cannot open model ${path}: it has none of the folders ${networkNames.join(', ')}; it must be a diffusers model folder`,
    )
  const processor = ['feature_extractor', 'processor', 'image_processor'].find((name) => all.has(name))
  return {
    path,
    names,
    component: (name) => readComponent(alone ? path : join(path, name), names.has(name)),
    schedulerConfig: async () =>
      all.has('scheduler') ? await readJson(join(path, 'scheduler', 'scheduler_config.json')) : {},
    processorConfig: async () => (processor ? await readProcessor(join(path, processor)) : null),
    tokenizer: all.has('tokenizer') ? join(path, 'tokenizer') : null,
  }
}

const classes: ReadonlyMap<unknown, NetworkName> = new Map([
  ['UNet2DConditionModel', 'unet'],
  ['AutoencoderKL', 'vae'],
  ['CLIPTextModel', 'text_encoder'],
  ['CLIPTextModelWithProjection', 'text_encoder'],
  ['CLIPVisionModelWithProjection', 'image_encoder'],
])

/** The network that a config belongs to, where a folder holds just one, as `save_pretrained` leaves it. */
function networkOf({ _class_name: diffusers, architectures }: Config): NetworkName | null {
  const [transformers] = Array.isArray(architectures) ? (architectures as unknown[]) : []
  return classes.get(diffusers ?? transformers) ?? null
}

async function readComponent(place: string, exists: boolean): Promise<Component> {
  if (!exists) throw new CheckpointError(`Cannot use ${place}: the model has no such folder`)
  const [config, weights] = await Promise.all([readJson(join(place, 'config.json')), readWeights(place)])
  return { place, config, weights }
}

async function readProcessor(folder: string): Promise<Config | null> {
  const names = await readdir(folder)
  const name = ['preprocessor_config.json', 'processor_config.json'].find((file) => names.includes(file))
  return name === undefined ? null : await readJson(join(folder, name))
}

/** Files up to this size are hashed whole; of larger ones the start, the end and every 64th MiB between. */
const wholeUpTo = 256 * 1024 * 1024
const sampleBytes = 1024 * 1024
const sampleStride = 64 * 1024 * 1024

/** Hashes of files that have not changed since, by path. */
const known = new Map<string, { readonly stamp: string; readonly hash: string }>()

/**
 * One SHA-256 over every JSON, text and weight file that the networks, the tokenizer and the scheduler read, and those of
 * one adapter where one is used.
 * Weight files above 256 MiB are sampled: exporting a model again changes the hash, a flipped bit may not.
 *
 * @returns 64 hex digits
 */
export async function hashModel(path: string, adapter?: string): Promise<string> {
  const total = createHash('sha256')
  for (const name of await filesOf(path, adapter))
    total.update(`${name}\0${await hashFile(join(path, name))}\n`)
  return total.digest('hex')
}

/** All that is read of a model and of one adapter: names relative to its folder, sorted. */
export async function filesOf(path: string, adapter?: string): Promise<string[]> {
  const folders = [
    ...networkNames,
    'tokenizer',
    'scheduler',
    'feature_extractor',
    'processor',
    'image_processor',
    'detector',
    ...(adapter === undefined ? [] : [`adapters/${adapter}`]),
  ]
  const lists = await Promise.all(folders.map((folder) => relevantFiles(path, folder)))
  return lists.flat().toSorted()
}

async function relevantFiles(path: string, folder: string): Promise<string[]> {
  const names = await readdir(join(path, folder)).catch(() => [])
  return names
    .filter((name) => /\.(json|txt|safetensors|onnx)$/.test(name))
    .map((name) => `${folder}/${name}`)
}

async function hashFile(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path)
  const stamp = `${size} ${mtimeMs} ${ino}`
  const before = known.get(path)
  if (before?.stamp === stamp) return before.hash
  const hash = await hashContent(path, size)
  known.set(path, { stamp, hash })
  return hash
}

async function hashContent(path: string, size: number): Promise<string> {
  const whole = size <= wholeUpTo
  const hash = createHash('sha256').update(`${size} ${whole ? 'whole' : 'sampled'}\n`)
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(sampleBytes)
    for (let at = 0; at < size; at += whole || at + sampleStride >= size ? sampleBytes : sampleStride) {
      const { bytesRead } = await file.read(buffer, 0, sampleBytes, at)
      hash.update(buffer.subarray(0, bytesRead))
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}
