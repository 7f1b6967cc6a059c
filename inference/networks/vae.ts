/**
 * The autoencoder between pixels and latents.
 * Source: huggingface/diffusers v0.42.1, models/autoencoders/autoencoder_kl.py and vae.py
 *
 * Letters: B batch, C channels, H and W height and width of the picture, h and w of the latent.
 */
import { z } from 'zod'
import type { Weights } from '../checkpoint/weights.ts'
import { attention } from '../onnx/attention.ts'
import type { Dialect } from '../onnx/dialect.ts'
import { GraphBuilder, type Scope, type Value } from '../onnx/graph-builder.ts'
import {
  add,
  batchOf,
  conv,
  fromTokens,
  groupNorm,
  joinBatch,
  linear,
  silu,
  splitBatch,
  toTokens,
} from '../onnx/layers.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { checkLimits, listOf, oneOf, parseConfig } from './config-error.ts'
import { downsample, resnet, upsample } from './resnet.ts'

const count = z.number().int().positive()
const schema = z.looseObject({
  in_channels: count.default(3),
  out_channels: count.default(3),
  latent_channels: count.default(4),
  block_out_channels: z.array(count).min(1).default([64]),
  layers_per_block: count.default(1),
  norm_num_groups: count.default(32),
  down_block_types: z.array(z.string()).default(['DownEncoderBlock2D']),
  up_block_types: z.array(z.string()).default(['UpDecoderBlock2D']),
  scaling_factor: z.number().positive().default(0.18215),
  shift_factor: z.number().nullish(),
  use_quant_conv: z.boolean().default(true),
  use_post_quant_conv: z.boolean().default(true),
  mid_block_add_attention: z.boolean().default(true),
})

export type VaeConfig = z.output<typeof schema>

/** @throws UnsupportedModelError */
export function readVaeConfig(place: string, config: Record<string, unknown>): VaeConfig {
  checkLimits(place, config, {
    act_fn: oneOf('silu', 'swish'),
    down_block_types: listOf('DownEncoderBlock2D', 'AttnDownEncoderBlock2D'),
    up_block_types: listOf('UpDecoderBlock2D', 'AttnUpDecoderBlock2D'),
    latents_mean: oneOf(null),
    latents_std: oneOf(null),
  })
  return parseConfig(place, schema, config)
}

/** Pixels along one side of a latent cell. */
export function vaeScale({ block_out_channels }: VaeConfig): number {
  return 2 ** (block_out_channels.length - 1)
}

/**
 * Inputs: `latents` [B, latent_channels, h, w], not scaled. Outputs: `decoded` [B, 3, H, W] in −1..1, not clamped.
 *
 * @throws CheckpointError when weights are missing or of another shape.
 */
export function authorVaeDecoder(config: VaeConfig, weights: Weights, dialect: Dialect): OnnxModel {
  const { latent_channels: latent, out_channels, layers_per_block, up_block_types } = config
  const widths = config.block_out_channels.toReversed()
  const graph = new GraphBuilder(weights, dialect)
  const latents = graph.input('latents', 'float', ['B', latent, 'h', 'w'])
  const s = graph.root('decoder')
  const square = { from: latent, to: latent, kernel: 1 }
  let x = config.use_post_quant_conv ? conv(graph.root('post_quant_conv'), latents, square) : latents
  let channels = widths[0] ?? 0
  x = conv(s.at('conv_in'), x, { from: latent, to: channels })
  x = middle(s.at('mid_block'), x, channels, config)
  widths.forEach((width, level) => {
    const block = s.at('up_blocks', level)
    const attended = up_block_types[level] === 'AttnUpDecoderBlock2D'
    x = resnets(block, x, { from: channels, to: width, layers: layers_per_block + 1, attended }, config)
    if (level < widths.length - 1) x = upsample(block.at('upsamplers.0'), x, width)
    channels = width
  })
  graph.output('decoded', finish(s, x, { from: channels, to: out_channels }, config), [
    'B',
    out_channels,
    'H',
    'W',
  ])
  return graph.finish('vae-decoder')
}

/**
 * Inputs: `image` [B, 3, H, W] in −1..1.
 * Outputs: `moments` [B, 2·latent_channels, h, w], mean and log-variance, not scaled.
 *
 * @throws CheckpointError when weights are missing or of another shape.
 */
export function authorVaeEncoder(config: VaeConfig, weights: Weights, dialect: Dialect): OnnxModel {
  const {
    latent_channels,
    in_channels,
    layers_per_block,
    down_block_types,
    block_out_channels: widths,
  } = config
  const moments = 2 * latent_channels
  const graph = new GraphBuilder(weights, dialect)
  const image = graph.input('image', 'float', ['B', in_channels, 'H', 'W'])
  const s = graph.root('encoder')
  let channels = widths[0] ?? 0
  let x = conv(s.at('conv_in'), image, { from: in_channels, to: channels })
  widths.forEach((width, level) => {
    const block = s.at('down_blocks', level)
    const attended = down_block_types[level] === 'AttnDownEncoderBlock2D'
    x = resnets(block, x, { from: channels, to: width, layers: layers_per_block, attended }, config)
    if (level < widths.length - 1) x = downsample(block.at('downsamplers.0'), x, width, 0)
    channels = width
  })
  x = finish(s, middle(s.at('mid_block'), x, channels, config), { from: channels, to: moments }, config)
  const square = { from: moments, to: moments, kernel: 1 }
  const result = config.use_quant_conv ? conv(graph.root('quant_conv'), x, square) : x
  graph.output('moments', result, ['B', moments, 'h', 'w'])
  return graph.finish('vae-encoder')
}

function normOf({ norm_num_groups }: VaeConfig) {
  return { groups: norm_num_groups, eps: 1e-6 }
}

interface Run {
  readonly from: number
  readonly to: number
  readonly layers: number
  readonly attended: boolean
}

function resnets(s: Scope, x: Value, { from, to, layers, attended }: Run, config: VaeConfig): Value {
  let h = x
  for (let i = 0; i < layers; i++) {
    h = resnet(s.at('resnets', i), h, { from: i === 0 ? from : to, to, norm: normOf(config) })
    if (attended) h = placeAttention(s.at('attentions', i), h, to, config)
  }
  return h
}

function middle(s: Scope, x: Value, channels: number, config: VaeConfig): Value {
  const shape = { from: channels, to: channels, norm: normOf(config) }
  const first = resnet(s.at('resnets.0'), x, shape)
  const mixed = config.mid_block_add_attention
    ? placeAttention(s.at('attentions.0'), first, channels, config)
    : first
  return resnet(s.at('resnets.1'), mixed, shape)
}

/** Every place looks at every place, with one head as wide as the block. */
function placeAttention(s: Scope, x: Value, channels: number, config: VaeConfig): Value {
  const square = { from: channels, to: channels }
  const normal = groupNorm(s.atFirst('group_norm', 'norm'), x, channels, normOf(config))
  const tokens = toTokens(s, normal, channels) // [B·h·w, C]
  const batch = batchOf(s, x)
  const project = (...names: [string, string]) =>
    splitBatch(s, linear(s.atFirst(...names), tokens, square), channels, batch) // [B, h·w, C]
  const mixed = attention(s, {
    query: project('to_q', 'query'),
    key: project('to_k', 'key'),
    value: project('to_v', 'value'),
    ...{ heads: 1, headWidth: channels },
  })
  const out = linear(s.atFirst('to_out.0', 'proj_attn'), joinBatch(s, mixed, channels), square)
  return add(s, fromTokens(s, out, channels, x), x)
}

function finish(s: Scope, x: Value, { from, to }: { from: number; to: number }, config: VaeConfig): Value {
  const normal = groupNorm(s.at('conv_norm_out'), x, from, normOf(config))
  return conv(s.at('conv_out'), silu(s, normal), { from, to })
}
