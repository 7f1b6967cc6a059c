/**
 * The layers that all networks here are made of. Each takes its scope first, and reads its weights below it.
 *
 * Letters: B batch, C channels, H and W height and width, T tokens, d width of a token.
 */
import type { Scope, Value } from './graph-builder.ts'

export function add(s: Scope, a: Value, b: Value): Value {
  return s.op('Add', [a, b])
}

/** x·σ(x). */
export function silu(s: Scope, x: Value): Value {
  return s.op('Mul', [x, s.op('Sigmoid', [x])])
}

/** x·σ(1.702x), CLIP's approximation of GELU. */
export function quickGelu(s: Scope, x: Value): Value {
  return s.op('Mul', [x, s.op('Sigmoid', [s.op('Mul', [x, s.graph.scalar(1.702)])])])
}

/** The exact GELU, x·Φ(x). */
export function gelu(s: Scope, x: Value): Value {
  return s.op('Gelu', [x], { approximate: 'none' })
}

export interface LinearShape {
  readonly from: number
  readonly to: number
  /** Default true. */
  readonly bias?: boolean
}

/** x·Wᵀ + b. `Gemm` reads the weight [out, in] as it is stored; a transposed copy would double the memory. */
export function linear(s: Scope, x: Value, { from, to, bias = true }: LinearShape): Value {
  const weight = s.weight('weight', [to, from])
  const inputs = bias ? [x, weight, s.weight('bias', [to])] : [x, weight]
  return s.op('Gemm', inputs, { transB: 1 }) // [rows, from] → [rows, to]
}

export interface ConvShape {
  readonly from: number
  readonly to: number
  /** Odd. Default 3. */
  readonly kernel?: number
  readonly stride?: number
  /** Top, left, bottom, right. Default: what keeps the size at stride 1. */
  readonly pads?: readonly [number, number, number, number]
  readonly bias?: boolean
}

export function conv(s: Scope, x: Value, shape: ConvShape): Value {
  const { from, to, kernel = 3, stride = 1, pads, bias = true } = shape
  const border = (kernel - 1) / 2
  const weight = s.weight('weight', [to, from, kernel, kernel])
  const missing = !s.graph.dialect.anyChannels && from > 3 && from % 3 === 0 ? (4 - (from % 4)) % 4 : 0
  const inputs = missing ? [withZeros(s, x, missing), withZeros(s, weight, missing)] : [x, weight]
  return s.op('Conv', bias ? [...inputs, s.weight('bias', [to])] : inputs, {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: pads ?? [border, border, border, border],
  }) // [B, from, H, W] → [B, to, H′, W′]
}

/** More channels, all zero. */
function withZeros(s: Scope, x: Value, channels: number): Value {
  return s.op('Pad', [x, s.graph.ints([0, 0, 0, 0, 0, channels, 0, 0])])
}

/**
 * GroupNorm, written as instance norm over the groups: half the time of the operator of the same name on CPU.
 *
 * @param channels C, a multiple of `groups`
 */
export function groupNorm(
  s: Scope,
  x: Value,
  channels: number,
  { groups, eps }: { groups: number; eps: number },
): Value {
  const { graph } = s
  const ones = graph.floats(`ones[${groups}]`, Array<number>(groups).fill(1))
  const zeros = graph.floats(`zeros[${groups}]`, Array<number>(groups).fill(0))
  const grouped = s.op('Reshape', [x, graph.ints([0, groups, -1])]) // [B, groups, C/groups·H·W]
  const normal = s.op('InstanceNormalization', [grouped, ones, zeros], { epsilon: { float: eps } })
  const shaped = s.op('Reshape', [normal, s.op('Shape', [x])]) // [B, C, H, W]
  const scaled = s.op('Mul', [shaped, s.weight('weight', [channels], [1, channels, 1, 1])])
  return s.op('Add', [scaled, s.weight('bias', [channels], [1, channels, 1, 1])])
}

/** Over the last axis. */
export function layerNorm(s: Scope, x: Value, width: number, eps = 1e-5): Value {
  const inputs = [x, s.weight('weight', [width]), s.weight('bias', [width])]
  return s.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: eps } })
}

/** Linear d → 2·4d in halves a and g, a·GELU(g), linear 4d → d. The halves are two views of one stored weight. */
export function gegluFeedForward(s: Scope, x: Value, width: number): Value {
  const inner = 4 * width
  const half = (from: number, to: number) => {
    const proj = s.at('net.0.proj')
    const weight = proj.weightRows('weight', [2 * inner, width], from, to)
    return proj.op('Gemm', [x, weight, proj.weightRows('bias', [2 * inner], from, to)], { transB: 1 })
  }
  const gated = s.op('Mul', [half(0, inner), gelu(s, half(inner, 2 * inner))]) // [rows, 4d]
  return linear(s.at('net.2'), gated, { from: inner, to: width })
}

/** [B, C, H, W] → [B·H·W, C]: one row per place, row by row. */
export function toTokens(s: Scope, x: Value, channels: number): Value {
  const last = s.op('Transpose', [x], { perm: [0, 2, 3, 1] })
  return s.op('Reshape', [last, s.graph.ints([-1, channels])])
}

/** [B·H·W, C] → [B, C, H, W], with batch, height and width of `like`. */
export function fromTokens(s: Scope, tokens: Value, channels: number, like: Value): Value {
  const { graph } = s
  const batch = s.op('Shape', [like], { start: 0, end: 1 })
  const size = s.op('Shape', [like], { start: 2, end: 4 })
  const shape = s.op('Concat', [batch, size, graph.ints([channels])], { axis: 0 })
  return s.op('Transpose', [s.op('Reshape', [tokens, shape])], { perm: [0, 3, 1, 2] })
}

/** [B·T, d] → [B, T, d]. @param batch the shape vector [B] */
export function splitBatch(s: Scope, rows: Value, width: number, batch: Value): Value {
  const shape = s.op('Concat', [batch, s.graph.ints([-1, width])], { axis: 0 })
  return s.op('Reshape', [rows, shape])
}

/** [B, T, d] → [B·T, d]. */
export function joinBatch(s: Scope, x: Value, width: number): Value {
  return s.op('Reshape', [x, s.graph.ints([-1, width])])
}

/** The shape vector [B] of a value. */
export function batchOf(s: Scope, x: Value): Value {
  return s.op('Shape', [x], { start: 0, end: 1 })
}
