/** The tensors of one component of a model folder, in one file or in several shards. */
import { readdir, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { readJson } from './read-json.ts'
import { CheckpointError, readHeader, type TensorEntry } from './safetensors.ts'

export interface Weights {
  /** The component's folder, for messages. */
  readonly place: string
  /** Real paths of the files, links resolved: the runtime refuses links that leave its folder. */
  readonly files: readonly string[]
  readonly entries: ReadonlyMap<string, TensorEntry>
  /** Bytes of all tensors. */
  readonly size: number
}

/** An index names every tensor once: room for a hundred thousand. */
const maxIndexBytes = 16 * 1024 * 1024

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) })

/** Full precision first: the same component often lies in a folder several times. */
const preferred = [
  'diffusion_pytorch_model.safetensors',
  'model.safetensors',
  'diffusion_pytorch_model.safetensors.index.json',
  'model.safetensors.index.json',
]
const pickled = /\.(bin|ckpt|pt|pth)$/

/**
 * Finds the weights of a component and reads their headers.
 *
 * @param folder such as `models/emoji-world/unet`
 * @throws CheckpointError when there are none, only pickled ones, or a header is wrong.
 */
export async function readWeights(folder: string): Promise<Weights> {
  const name = chooseFile(await readdir(folder), folder)
  const path = join(folder, name)
  const files = name.endsWith('.json') ? await shardsOf(path, folder) : [path]
  const real = await Promise.all(files.map((file) => realpath(file)))
  const headers = await Promise.all(real.map(readHeader))
  const entries = new Map<string, TensorEntry>()
  for (const header of headers)
    for (const [key, entry] of header) {
      const other = entries.get(key)
      if (other)
        throw new CheckpointError(
          `Cannot load ${folder}: ${basename(other.file)} and ${basename(entry.file)} both hold tensor '${key}'`,
        )
      entries.set(key, entry)
    }
  const size = [...entries.values()].reduce((sum, { length }) => sum + length, 0)
  return { place: folder, files: real, entries, size }
}

function chooseFile(names: readonly string[], folder: string): string {
  const known = preferred.find((name) => names.includes(name))
  if (known) return known
  const others = names.filter((name) => name.endsWith('.safetensors')).toSorted()
  const [first] = others
  if (first && others.length === 1) return first
  const half = others.find((name) => /\.(fp16|bf16)\.safetensors$/.test(name))
  if (half) return half
  const index = names.find((name) => name.endsWith('.safetensors.index.json'))
  if (index) return index
  throw new CheckpointError(`Cannot load ${folder}: ${whyNone(names, others)}`)
}

function whyNone(names: readonly string[], others: readonly string[]): string {
  if (others.length) return `it holds ${others.join(', ')}; keep the one to use as ${preferred[0]}`
  const pickle = names.find((name) => pickled.test(name))
  return pickle
    ? `${pickle} is a pickle, which can run code when it is opened and is never read; save the model with safe_serialization=True or download its .safetensors revision`
    : 'it holds no .safetensors file'
}

async function shardsOf(index: string, folder: string): Promise<string[]> {
  const parsed = indexSchema.safeParse(await readJson(index, maxIndexBytes))
  if (!parsed.success)
    throw new CheckpointError(`Cannot read ${index}: it has no weight_map from tensor to file`)
  const names = [...new Set(Object.values(parsed.data.weight_map))].toSorted()
  const stray = names.find(
    (name) => basename(name) !== name || name.includes('\\') || !name.endsWith('.safetensors'),
  )
  if (stray !== undefined)
    throw new CheckpointError(`Cannot read ${index}: '${stray}' is no .safetensors file beside it`)
  return names.map((name) => join(folder, name))
}
