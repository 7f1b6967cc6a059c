/**
 * Gated layers that lie beside a model and are put into its UNet when it is loaded: one base, several kinds of grounding.
 * `adapters/<name>/` holds a config.json and weights that carry the UNet's own names.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseConfig } from '../networks/config-error.ts'
import type { Component } from './model-folder.ts'
import { readJson } from './read-json.ts'
import { CheckpointError, type TensorEntry } from './safetensors.ts'
import { readWeights } from './weights.ts'

/** What a model can be told besides its text. */
export const groundingKinds = ['text', 'image', 'style', 'keypoint', 'inpaint'] as const
export type GroundingKind = (typeof groundingKinds)[number]

const schema = z.looseObject({
  _class_name: z.literal('GroundworkAdapter'),
  attention_type: z.enum(['gated', 'gated-text-image']),
  position_net: z.enum(['text', 'text-image', 'keypoint']),
  in_channels: z.int().positive(),
  title: z.string().min(1).max(200),
  kinds: z.array(z.enum(groundingKinds)).min(1),
})

export type AdapterConfig = z.output<typeof schema>

export interface Adapter {
  readonly name: string
  readonly config: AdapterConfig
}

/** A name is that of a folder, never a path. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export const adaptersFolder = 'adapters'

/** The names of a model's adapters, in alphabetical order. */
export async function adapterNames(model: string): Promise<string[]> {
  const listed = await readdir(join(model, adaptersFolder), { withFileTypes: true }).catch(() => [])
  return listed
    .filter((entry) => entry.isDirectory() && namePattern.test(entry.name))
    .map(({ name }) => name)
    .sort()
}

/**
 * Finds an adapter; no weights are read.
 *
 * @param wanted its name; `auto` is the first one or none, `none` the model alone
 * @throws CheckpointError with the names that exist, or when its config is none; UnsupportedModelError when a field is wrong
 */
export async function chooseAdapter(model: string, wanted: string): Promise<Adapter | null> {
  if (wanted === 'none') return null
  const names = await adapterNames(model)
  if (wanted === 'auto') return names[0] === undefined ? null : await readAdapter(model, names[0])
  if (names.includes(wanted)) return await readAdapter(model, wanted)
  const others = names.map((name) => `'${name}'`).join(', ') || 'no adapters'
  throw new CheckpointError(
    `Cannot load model ${model} with adapter '${wanted}': it has ${others}; 'none' is the model alone`,
  )
}

async function readAdapter(model: string, name: string): Promise<Adapter> {
  const place = join(model, adaptersFolder, name, 'config.json')
  return { name, config: parseConfig(place, schema, await readJson(place)) }
}

/**
 * The base's UNet with the adapter's layers in it. Weights of the base that the adapter has too are replaced; gated layers
 * of the base's own are left out.
 *
 * @throws CheckpointError when the adapter was made for another UNet.
 */
export async function withAdapter(base: Component, model: string, adapter: Adapter): Promise<Component> {
  const place = join(model, adaptersFolder, adapter.name)
  const weights = await readWeights(place)
  const { attention_type, in_channels } = adapter.config
  checkNames(place, base.weights.entries, weights.entries)
  checkNet(place, adapter.config, weights.entries)
  const inChannels = base.config['in_channels'] ?? 4
  if (in_channels !== inChannels && !weights.entries.has('conv_in.weight'))
    throw new CheckpointError(
      `Cannot use ${place}: its config asks for ${in_channels} channels, the UNet has ${String(inChannels)}; it needs a conv_in.weight of its own`,
    )
  const kept = [...base.weights.entries].filter(([name]) => !isGated(name))
  const entries = new Map([...kept, ...weights.entries])
  return {
    place,
    config: { ...base.config, attention_type, in_channels },
    weights: {
      place,
      files: [...base.weights.files, ...weights.files],
      entries,
      size: [...entries.values()].reduce((sum, { length }) => sum + length, 0),
    },
  }
}

type Entries = ReadonlyMap<string, TensorEntry>

function isGated(name: string): boolean {
  return name.startsWith('position_net.') || name.includes('.fuser.')
}

/** Every tensor must have a place: one that has none would be left out silently, and the model be another. */
function checkNames(place: string, base: Entries, own: Entries): void {
  const blocks = new Set(
    [...base.keys()].flatMap((name) => name.match(/^.*\.transformer_blocks\.\d+(?=\.)/) ?? []),
  )
  const stray = [...own.keys()].find((name) => {
    if (name.startsWith('position_net.') || name.startsWith('conv_in.')) return false
    const at = name.indexOf('.fuser.')
    return at < 0 || !blocks.has(name.slice(0, at))
  })
  if (stray !== undefined)
    throw new CheckpointError(
      `Cannot use ${place}: the UNet has no place for tensor '${stray}'; the adapter was made for another model`,
    )
}

const marks = {
  text: 'position_net.null_positive_feature',
  'text-image': 'position_net.null_text_feature',
  keypoint: 'position_net.person_embeddings',
} as const

function checkNet(place: string, { position_net: says }: AdapterConfig, own: Entries): void {
  if (!own.has(marks[says]))
    throw new CheckpointError(
      `Cannot use ${place}: config.json says position_net '${says}', but the weights have no '${marks[says]}'`,
    )
}
