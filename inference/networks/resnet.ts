/**
 * The residual block and the two resizers that the UNet and the VAE share.
 * Source: huggingface/diffusers v0.42.1, models/resnet.py, downsampling.py, upsampling.py
 */
import type { Scope, Value } from '../onnx/graph-builder.ts'
import { add, conv, groupNorm, linear, silu } from '../onnx/layers.ts'

export interface Norm {
  readonly groups: number
  readonly eps: number
}

/** How the time of the step enters a block of the UNet. */
export interface TimeInput {
  /** [B, width], after its activation. */
  readonly value: Value
  readonly width: number
  /** `default` adds it; `scale_shift` multiplies by one half and adds the other. */
  readonly mode: 'default' | 'scale_shift'
}

export interface ResnetShape {
  readonly from: number
  readonly to: number
  readonly norm: Norm
  readonly time?: TimeInput
  /** The sum is divided by this. Default 1. */
  readonly outputScale?: number
}

/** @returns [B, to, H, W] */
export function resnet(s: Scope, x: Value, { from, to, norm, time, outputScale = 1 }: ResnetShape): Value {
  const first = conv(s.at('conv1'), silu(s, groupNorm(s.at('norm1'), x, from, norm)), { from, to })
  const second = silu(s, normWithTime(s, first, to, norm, time))
  const h = conv(s.at('conv2'), second, { from: to, to })
  const shortcut = from === to ? x : conv(s.at('conv_shortcut'), x, { from, to, kernel: 1 })
  const sum = add(s, shortcut, h)
  return outputScale === 1 ? sum : s.op('Div', [sum, s.graph.scalar(outputScale)])
}

function normWithTime(s: Scope, x: Value, channels: number, norm: Norm, time: TimeInput | undefined): Value {
  const normalise = (value: Value) => groupNorm(s.at('norm2'), value, channels, norm)
  if (!time) return normalise(x)
  const halves = time.mode === 'scale_shift' ? 2 : 1
  const flat = linear(s.at('time_emb_proj'), time.value, { from: time.width, to: halves * channels })
  const shift = s.op('Reshape', [flat, s.graph.ints([0, -1, 1, 1])]) // [B, halves·C, 1, 1]
  if (halves === 1) return normalise(add(s, x, shift))
  const part = (from: number) =>
    s.op('Slice', [shift, s.graph.ints([from]), s.graph.ints([from + channels]), s.graph.ints([1])])
  const scaled = s.op('Mul', [normalise(x), add(s, part(0), s.graph.scalar(1))])
  return add(s, scaled, part(channels))
}

/**
 * Halves height and width by a strided convolution.
 *
 * @param padding 1 on every side as in the UNet, or 0: then one row below and one column to the right, as in the VAE
 */
export function downsample(s: Scope, x: Value, channels: number, padding: number): Value {
  const pads = padding === 0 ? ([0, 0, 1, 1] as const) : ([padding, padding, padding, padding] as const)
  return conv(s.at('conv'), x, { from: channels, to: channels, stride: 2, pads })
}

/**
 * Doubles height and width by repeating places, then a convolution.
 *
 * @param like where given, height and width are taken from it: a size that was odd before it was halved comes back odd
 */
export function upsample(s: Scope, x: Value, channels: number, like?: Value): Value {
  const mode = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  const larger =
    like === undefined
      ? s.op('Resize', [x, '', s.graph.floats('float(1,1,2,2)', [1, 1, 2, 2])], mode)
      : s.op('Resize', [x, '', '', sizeLike(s, x, like)], mode)
  return conv(s.at('conv'), larger, { from: channels, to: channels })
}

function sizeLike(s: Scope, x: Value, like: Value): Value {
  const own = s.op('Shape', [x], { start: 0, end: 2 })
  return s.op('Concat', [own, s.op('Shape', [like], { start: 2, end: 4 })], { axis: 0 })
}
