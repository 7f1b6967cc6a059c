/**
 * The denoising UNet as three graphs. The two conditioners hold what does not depend on the step and run once per
 * picture; the step runs once per denoising step.
 * Source: huggingface/diffusers v0.42.1, models/unets/unet_2d_condition.py
 *
 * Letters: B batch, C channels, h and w height and width of the latent, S text tokens, N grounding tokens, d width of a
 * block, D width of text and grounding features.
 */
import type { Weights } from '../checkpoint/weights.ts'
import type { Dialect } from '../onnx/dialect.ts'
import { GraphBuilder, type Scope, type Value } from '../onnx/graph-builder.ts'
import { add, batchOf, conv, groupNorm, joinBatch, linear, silu, splitBatch } from '../onnx/layers.ts'
import type { OnnxModel } from '../onnx/model.ts'
import { groundingKeyValue } from './fuser.ts'
import type { KeyValue } from './mix-heads.ts'
import { keypointTokens, textImageTokens, textTokens } from './position-net.ts'
import { downsample, resnet, upsample, type TimeInput } from './resnet.ts'
import { spatialTransformer, type TransformerContext } from './transformer.ts'
import {
  innerWidth,
  transformerBlocks,
  type LayerPlan,
  type ResnetPlan,
  type UNetPlan,
} from './unet-config.ts'

/** Names of the two tensors a block gets from a conditioner. */
export function keyValueNames(block: string, kind: 'attn2' | 'fuser'): { key: string; value: string } {
  return { key: `${block}.${kind}.key`, value: `${block}.${kind}.value` }
}

/**
 * Inputs: `encoder_hidden_states` [B, S, D]. Outputs: for each block `….attn2.key` and `….attn2.value` [B, S, d].
 *
 * @throws CheckpointError when weights are missing or of another shape.
 */
export function authorTextConditioner(plan: UNetPlan, weights: Weights, dialect: Dialect): OnnxModel {
  const graph = new GraphBuilder(weights, dialect)
  const context = graph.input('encoder_hidden_states', 'float', ['B', 'S', plan.contextWidth])
  const s = graph.root()
  const [batch, rows] = [batchOf(s, context), joinBatch(s, context, plan.contextWidth)]
  for (const { path, plan: transformer } of transformerBlocks(plan)) {
    const width = innerWidth(transformer)
    const at = graph.root(`${path}.attn2`)
    const project = (name: string) =>
      splitBatch(
        at,
        linear(at.at(name), rows, { from: plan.contextWidth, to: width, bias: false }),
        width,
        batch,
      )
    const names = keyValueNames(path, 'attn2')
    graph.output(names.key, project('to_k'), ['B', 'S', width])
    graph.output(names.value, project('to_v'), ['B', 'S', width])
  }
  return graph.finish('unet-text')
}

/**
 * Inputs: `boxes` [B, N, 4], `masks` [B, N], `phrases` [B, N, D]; with pictures also `phraseMasks` [B, N],
 * `images` [B, N, D] and `imageMasks` [B, N]. For keypoints only `points` [B, N, 2] and `masks` [B, N].
 * Outputs: for each block `….fuser.key` and `….fuser.value` [B, N or 2N, d].
 *
 * @throws CheckpointError when weights are missing or of another shape.
 */
export function authorGroundingConditioner(plan: UNetPlan, weights: Weights, dialect: Dialect): OnnxModel {
  const graph = new GraphBuilder(weights, dialect)
  const tokens = groundingTokens(graph, plan)
  for (const { path, plan: transformer } of transformerBlocks(plan)) {
    const width = innerWidth(transformer)
    const { key, value } = groundingKeyValue(
      graph.root(`${path}.fuser`),
      tokens,
      transformer,
      plan.contextWidth,
    )
    const names = keyValueNames(path, 'fuser')
    graph.output(names.key, key, ['B', 'tokens', width])
    graph.output(names.value, value, ['B', 'tokens', width])
  }
  return graph.finish('unet-grounding')
}

function groundingTokens(graph: GraphBuilder, { gating, figures, contextWidth: width }: UNetPlan): Value {
  const s = graph.root('position_net')
  const input = (name: string, ...rest: number[]) => graph.input(name, 'float', ['B', 'N', ...rest])
  if (gating === 'gated-keypoint')
    return keypointTokens(s, { points: input('points', 2), masks: input('masks') }, { figures, width })
  const entities = { boxes: input('boxes', 4), masks: input('masks') }
  const phrases = input('phrases', width)
  if (gating === 'gated') return textTokens(s, entities, phrases, width)
  const text = { features: phrases, masks: input('phraseMasks') }
  const image = { features: input('images', width), masks: input('imageMasks') }
  return textImageTokens(s, entities, { text, image }, width)
}

/**
 * Inputs: `sample` [B, C, h, w], `timestep` [B], and for each block what the text conditioner gives; in a UNet with
 * gated layers also `beta` [B] and what the grounding conditioner gives.
 * Outputs: `out` [B, C, h, w]. Where β is 0 for the whole batch, no gated layer runs.
 *
 * @throws CheckpointError when weights are missing or of another shape.
 */
export function authorUNetStep(plan: UNetPlan, weights: Weights, dialect: Dialect): OnnxModel {
  const graph = new GraphBuilder(weights, dialect)
  const s = graph.root()
  const sample = graph.input('sample', 'float', ['B', plan.inChannels, 'h', 'w'])
  const context = stepContext(graph, plan, batchOf(s, sample))
  const time = timeEmbedding(s, plan)
  const { conv_in_kernel, conv_out_kernel, norm_num_groups, norm_eps } = plan.config
  const input = plan.config.center_input_sample
    ? add(s, s.op('Mul', [sample, graph.scalar(2)]), graph.scalar(-1))
    : sample
  const start = conv(s.at('conv_in'), input, {
    from: plan.inChannels,
    to: plan.baseChannels,
    kernel: conv_in_kernel,
  })
  const x = levels(s, start, plan, { time, context })
  const normal = groupNorm(s.at('conv_norm_out'), x, plan.baseChannels, {
    groups: norm_num_groups,
    eps: norm_eps,
  })
  const last = { from: plan.baseChannels, to: plan.outChannels, kernel: conv_out_kernel }
  graph.output('out', conv(s.at('conv_out'), silu(s, normal), last), ['B', plan.outChannels, 'h', 'w'])
  return graph.finish('unet-step')
}

interface StepInputs {
  readonly time: TimeInput
  readonly context: TransformerContext
}

/** Down, across, and up again; every result on the way down is read once on the way up. */
function levels(s: Scope, start: Value, plan: UNetPlan, inputs: StepInputs): Value {
  let x = start
  const skips = [x]
  const layer = ({ resnet: block, transformer }: LayerPlan) => {
    x = timedResnet(s, x, block, plan, inputs)
    if (transformer) x = spatialTransformer(s.at(transformer.path), x, transformer, inputs.context)
  }
  for (const { layers, channels, resampler } of plan.down) {
    for (const item of layers) {
      layer(item)
      skips.push(x)
    }
    if (resampler) skips.push((x = downsample(s.at(resampler), x, channels, plan.config.downsample_padding)))
  }
  if (plan.mid) {
    const outputScale = plan.config.mid_block_scale_factor
    x = timedResnet(s, x, plan.mid.first, plan, inputs, outputScale)
    for (const { transformer, resnet: block } of plan.mid.rest) {
      x = spatialTransformer(s.at(transformer.path), x, transformer, inputs.context)
      x = timedResnet(s, x, block, plan, inputs, outputScale)
    }
  }
  for (const { layers, channels, resampler } of plan.up) {
    for (const item of layers) {
      x = s.op('Concat', [x, skips.pop() ?? x], { axis: 1 })
      layer(item)
    }
    if (resampler) x = upsample(s.at(resampler), x, channels, skips.at(-1))
  }
  return x
}

function timedResnet(
  s: Scope,
  x: Value,
  block: ResnetPlan,
  plan: UNetPlan,
  inputs: StepInputs,
  outputScale = 1,
): Value {
  const { norm_num_groups: groups, norm_eps: eps } = plan.config
  return resnet(s.at(block.path), x, { ...block, norm: { groups, eps }, time: inputs.time, outputScale })
}

function stepContext(graph: GraphBuilder, plan: UNetPlan, batch: Value): TransformerContext {
  const given = new Map<string, KeyValue>()
  const ask = (block: string, kind: 'attn2' | 'fuser', tokens: string, width: number) => {
    const { key, value } = keyValueNames(block, kind)
    const dims = ['B', tokens, width]
    given.set(`${block}.${kind}`, {
      key: graph.input(key, 'float', dims),
      value: graph.input(value, 'float', dims),
    })
  }
  const blocks = transformerBlocks(plan)
  for (const { path, plan: transformer } of blocks) ask(path, 'attn2', 'S', innerWidth(transformer))
  if (plan.gating !== 'none')
    for (const { path, plan: transformer } of blocks) ask(path, 'fuser', 'N', innerWidth(transformer))
  const take = (block: string, kind: 'attn2' | 'fuser') => {
    const found = given.get(`${block}.${kind}`)
    if (!found) throw new RangeError(`Cannot write block '${block}': it has no input '${kind}'`)
    return found
  }
  const beta = plan.gating === 'none' ? null : gateOf(graph)
  return {
    ...{ batch, groups: plan.config.norm_num_groups, linearProjection: plan.config.use_linear_projection },
    text: (block) => take(block, 'attn2'),
    gate: (block) => beta && { ...beta, grounding: take(block, 'fuser') },
  }
}

function gateOf(graph: GraphBuilder): { open: Value; beta: Value } {
  const s = graph.root('gate')
  const beta = graph.input('beta', 'float', ['B'])
  const largest = s.op('ReduceMax', [s.op('Abs', [beta])], { keepdims: 0 })
  const open = s.op('Greater', [largest, graph.scalar(0)])
  return { open, beta: s.op('Reshape', [beta, graph.ints([-1, 1, 1])]) }
}

/** Sines and cosines of the time at geometric frequencies, then two linear layers; SiLU is applied once for all blocks. */
function timeEmbedding(s: Scope, plan: UNetPlan): TimeInput {
  const { graph } = s
  const { flip_sin_to_cos, freq_shift, resnet_time_scale_shift: mode } = plan.config
  const half = Math.floor(plan.baseChannels / 2)
  const rates = Array.from({ length: half }, (_, i) => Math.exp((-Math.log(10000) * i) / (half - freq_shift)))
  const timestep = graph.input('timestep', 'float', ['B'])
  const t = s.op('Reshape', [timestep, graph.ints([-1, 1])])
  const angles = s.op('Mul', [t, graph.floats('time-frequencies', rates, [1, half])]) // [B, C/2]
  const waves = [s.op('Sin', [angles]), s.op('Cos', [angles])]
  const features = s.op('Concat', flip_sin_to_cos ? waves.toReversed() : waves, { axis: 1 }) // [B, C]
  const width = plan.timeWidth
  const first = silu(
    s,
    linear(s.at('time_embedding.linear_1'), features, { from: plan.baseChannels, to: width }),
  )
  const second = linear(s.at('time_embedding.linear_2'), first, { from: width, to: width })
  return { value: silu(s, second), width, mode }
}
