/**
 * What a `unet/config.json` says, turned into a plan: every block with its widths, in the order it runs.
 * Source: huggingface/diffusers v0.42.1, models/unets/unet_2d_condition.py and unet_2d_blocks.py
 */
import { z } from 'zod'
import type { Weights } from '../checkpoint/weights.ts'
import { checkLimits, listOf, oneOf, parseConfig, UnsupportedModelError, type Limit } from './config-error.ts'

/** What a UNet's gated layers look at: nothing, boxes with phrases, boxes with phrases and pictures, or keypoints. */
export type Gating = 'none' | 'gated' | 'gated-text-image' | 'gated-keypoint'

export interface TransformerPlan {
  readonly path: string
  readonly channels: number
  readonly heads: number
  readonly headWidth: number
  /** Transformer blocks in a row. */
  readonly depth: number
}

export interface ResnetPlan {
  readonly path: string
  readonly from: number
  readonly to: number
}

/** A resnet, and the attention behind it where the level has any. */
export interface LayerPlan {
  readonly resnet: ResnetPlan
  readonly transformer: TransformerPlan | null
}

export interface LevelPlan {
  readonly layers: readonly LayerPlan[]
  readonly channels: number
  /** The down- or upsampler that ends the level; null at the last one. */
  readonly resampler: string | null
}

export interface MidPlan {
  readonly channels: number
  readonly first: ResnetPlan
  readonly rest: readonly { readonly transformer: TransformerPlan; readonly resnet: ResnetPlan }[]
}

export interface UNetPlan {
  readonly inChannels: number
  readonly outChannels: number
  /** Channels after the first convolution. */
  readonly baseChannels: number
  /** Width of the time embedding. */
  readonly timeWidth: number
  readonly contextWidth: number
  readonly gating: Gating
  /** P, how many posed figures the position net knows; 0 where it knows none. */
  readonly figures: number
  readonly down: readonly LevelPlan[]
  readonly mid: MidPlan | null
  readonly up: readonly LevelPlan[]
  readonly config: UNetConfig
}

const count = z.number().int().positive()
const countOrList = z.union([count, z.array(count).min(1)])
/** Transformer blocks in a row: the same at every layer of a level, or one number per layer. */
const depth = z.union([count, z.array(count).min(1)])
const depths = z.union([count, z.array(depth).min(1)])
const schema = z.looseObject({
  sample_size: z.union([count, z.tuple([count, count])]).nullish(),
  in_channels: count.default(4),
  out_channels: count.default(4),
  center_input_sample: z.boolean().default(false),
  flip_sin_to_cos: z.boolean().default(true),
  freq_shift: z.number().default(0),
  down_block_types: z
    .array(z.string())
    .min(1)
    .default(['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D']),
  mid_block_type: z.string().nullish().default('UNetMidBlock2DCrossAttn'),
  up_block_types: z
    .array(z.string())
    .min(1)
    .default(['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D']),
  block_out_channels: z.array(count).min(1).default([320, 640, 1280, 1280]),
  layers_per_block: countOrList.default(2),
  downsample_padding: z.number().int().min(0).default(1),
  mid_block_scale_factor: z.number().default(1),
  norm_num_groups: count.default(32),
  norm_eps: z.number().positive().default(1e-5),
  cross_attention_dim: countOrList.default(1280),
  transformer_layers_per_block: depths.default(1),
  reverse_transformer_layers_per_block: z.array(depth).nullish(),
  attention_head_dim: countOrList.nullish().default(8),
  num_attention_heads: countOrList.nullish(),
  use_linear_projection: z.boolean().default(false),
  resnet_time_scale_shift: z.enum(['default', 'scale_shift']).default('default'),
  time_embedding_dim: count.nullish(),
  conv_in_kernel: count.default(3),
  conv_out_kernel: count.default(3),
  attention_type: z.string().default('default'),
  use_gated_attention: z.boolean().nullish(),
  enable_gligen: z.boolean().nullish(),
})

export type UNetConfig = z.output<typeof schema>

const silu = oneOf('silu', 'swish')
const none = oneOf(null)
const off: Limit = {
  supported: 'false',
  allowed: (value) =>
    value === false || value === null || (Array.isArray(value) && value.every((item) => !item)),
}
const limits = {
  act_fn: silu,
  down_block_types: listOf('DownBlock2D', 'CrossAttnDownBlock2D'),
  mid_block_type: oneOf('UNetMidBlock2DCrossAttn', 'UNetMidBlock2D', null),
  up_block_types: listOf('UpBlock2D', 'CrossAttnUpBlock2D'),
  attention_type: oneOf('default', 'gated', 'gated-text-image'),
  time_embedding_type: oneOf('positional'),
  resnet_time_scale_shift: oneOf('default', 'scale_shift'),
  only_cross_attention: off,
  mid_block_only_cross_attention: off,
  dual_cross_attention: off,
  class_embeddings_concat: off,
  ...{ encoder_hid_dim: none, encoder_hid_dim_type: none, class_embed_type: none, addition_embed_type: none },
  ...{
    num_class_embeds: none,
    time_cond_proj_dim: none,
    time_embedding_act_fn: none,
    timestep_post_act: none,
  },
  cross_attention_norm: none,
}

/**
 * Reads a UNet's config and, where the config does not say it, the gating from the names of the weights.
 *
 * @throws UnsupportedModelError naming the field, its value and what is supported.
 */
export function planUNet(
  place: string,
  raw: Record<string, unknown>,
  weights: Pick<Weights, 'entries'>,
): UNetPlan {
  checkLimits(place, raw, limits)
  const config = parseConfig(place, schema, raw)
  const levels = readLevels(place, config)
  const [contextWidth = 0, ...others] = [...new Set([config.cross_attention_dim].flat())]
  if (others.length)
    throw new UnsupportedModelError(
      `Cannot run ${place}: cross_attention_dim is [${config.cross_attention_dim}], supported is one width for all levels`,
    )
  const first = levels[0]?.channels ?? 0
  return {
    inChannels: config.in_channels,
    outChannels: config.out_channels,
    baseChannels: first,
    timeWidth: config.time_embedding_dim ?? 4 * first,
    contextWidth,
    gating: gatingOf(place, config, weights),
    figures: weights.entries.get('position_net.person_embeddings')?.shape[0] ?? 0,
    down: levels.map((_, i) => downLevel(levels, i)),
    mid: midPlan(levels, config.mid_block_type ?? null),
    up: levels.map((_, i) => upLevel(levels, i)),
    config,
  }
}

type Depth = z.output<typeof depth>

interface Level {
  readonly channels: number
  readonly heads: number
  readonly layers: number
  readonly depth: Depth
  readonly upDepth: Depth
  readonly downAttends: boolean
  readonly upAttends: boolean
}

/** One entry per level, from the full size downwards; up blocks are listed in the config from the bottom up. */
function readLevels(place: string, config: UNetConfig): Level[] {
  const { block_out_channels: widths, down_block_types, up_block_types } = config
  const total = widths.length
  const spread = <T>(field: keyof UNetConfig, value: number | readonly T[]): readonly (T | number)[] => {
    if (typeof value === 'number') return Array<number>(total).fill(value)
    if (value.length === total) return value
    throw new UnsupportedModelError(
      `Cannot run ${place}: ${String(field)} has ${value.length} entries, block_out_channels has ${total}; both must have one per level`,
    )
  }
  const heads = spread('attention_head_dim', config.num_attention_heads ?? config.attention_head_dim ?? 8)
  const layers = spread('layers_per_block', config.layers_per_block)
  const depths = spread('transformer_layers_per_block', config.transformer_layers_per_block)
  const reversed = config.reverse_transformer_layers_per_block ?? depths.toReversed()
  const upDepths = spread('reverse_transformer_layers_per_block', reversed)
  spread('down_block_types', down_block_types)
  spread('up_block_types', up_block_types)
  return widths.map((channels, i) => ({
    ...{ channels, heads: at(heads, i), layers: at(layers, i), depth: at(depths, i) },
    upDepth: at(upDepths, total - 1 - i),
    downAttends: down_block_types[i] === 'CrossAttnDownBlock2D',
    upAttends: up_block_types[total - 1 - i] === 'CrossAttnUpBlock2D',
  }))
}

function downLevel(levels: readonly Level[], i: number): LevelPlan {
  const level = at(levels, i)
  const before = at(levels, Math.max(i - 1, 0)).channels
  const path = `down_blocks.${i}`
  const layers = Array.from({ length: level.layers }, (_, j) => ({
    resnet: { path: `${path}.resnets.${j}`, from: j === 0 ? before : level.channels, to: level.channels },
    transformer: level.downAttends
      ? transformer(`${path}.attentions.${j}`, level, depthAt(level.depth, j))
      : null,
  }))
  const resampler = i < levels.length - 1 ? `${path}.downsamplers.0` : null
  return { layers, channels: level.channels, resampler }
}

/** Up block 0 stands at the bottom. Each of its resnets also reads one skip, the newest first. */
function upLevel(levels: readonly Level[], block: number): LevelPlan {
  const i = levels.length - 1 - block
  const level = at(levels, i)
  const below = at(levels, Math.min(i + 1, levels.length - 1)).channels
  const above = at(levels, Math.max(i - 1, 0)).channels
  const path = `up_blocks.${block}`
  const layers = Array.from({ length: level.layers + 1 }, (_, j) => {
    const incoming = j === 0 ? below : level.channels
    const skip = j === level.layers ? above : level.channels
    return {
      resnet: { path: `${path}.resnets.${j}`, from: incoming + skip, to: level.channels },
      transformer: level.upAttends
        ? transformer(`${path}.attentions.${j}`, level, depthAt(level.upDepth, j))
        : null,
    }
  })
  return { layers, channels: level.channels, resampler: i > 0 ? `${path}.upsamplers.0` : null }
}

function midPlan(levels: readonly Level[], type: string | null): MidPlan | null {
  if (type === null) return null
  const level = at(levels, levels.length - 1)
  const { channels } = level
  const resnet = (j: number) => ({ path: `mid_block.resnets.${j}`, from: channels, to: channels })
  const rest = [
    { transformer: transformer('mid_block.attentions.0', level, depthAt(level.depth, 0)), resnet: resnet(1) },
  ]
  return { channels, first: resnet(0), rest: type === 'UNetMidBlock2DCrossAttn' ? rest : [] }
}

function transformer(path: string, { channels, heads }: Level, depth: number): TransformerPlan {
  return { path, channels, heads, headWidth: Math.floor(channels / heads), depth }
}

function depthAt(depth: Depth, layer: number): number {
  return typeof depth === 'number' ? depth : at(depth, layer)
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new RangeError(`Cannot take item ${index} of ${items.length}`)
  return item
}

function gatingOf(place: string, config: UNetConfig, { entries }: Pick<Weights, 'entries'>): Gating {
  const map = [...entries.keys()].find((key) => key.startsWith('position_net.convnext_tiny_backbone'))
  if (map)
    throw new UnsupportedModelError(
      `Cannot run ${place}: it has ${map}, grounding by maps; supported is grounding by texts, pictures and keypoints`,
    )
  if (entries.has('position_net.person_embeddings')) return 'gated-keypoint'
  if (config.attention_type === 'gated' || config.attention_type === 'gated-text-image')
    return config.attention_type
  if (entries.has('position_net.null_text_feature')) return 'gated-text-image'
  const says = config.use_gated_attention === true || config.enable_gligen === true
  return says || entries.has('position_net.null_positive_feature') ? 'gated' : 'none'
}

/** Width of a block's tokens: heads have whole widths, so it can be a little less than the channels. */
export function innerWidth({ heads, headWidth }: TransformerPlan): number {
  return heads * headWidth
}

/** Every transformer block with its path, in the order it runs. */
export function transformerBlocks({ down, mid, up }: UNetPlan): { path: string; plan: TransformerPlan }[] {
  const of = (levels: readonly LevelPlan[]) =>
    levels.flatMap(({ layers }) => layers.map(({ transformer }) => transformer))
  const all = [...of(down), ...(mid?.rest ?? []).map(({ transformer }) => transformer), ...of(up)]
  return all
    .filter((plan) => plan !== null)
    .flatMap((plan) =>
      Array.from({ length: plan.depth }, (_, i) => ({ path: `${plan.path}.transformer_blocks.${i}`, plan })),
    )
}
