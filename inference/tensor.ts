/** The one value that networks and samplers pass to each other: float32 numbers and a shape, row-major. */
export interface Tensor {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** Number of values a shape holds; 1 for a scalar (`[]`). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

/**
 * A tensor over `data`, which is not copied.
 *
 * @throws RangeError when the shape does not hold exactly `data.length` values.
 */
export function tensor(data: Float32Array, shape: readonly number[]): Tensor {
  if (sizeOf(shape) !== data.length)
    throw new RangeError(
      `Cannot make a tensor: shape [${shape}] holds ${sizeOf(shape)} values, got ${data.length}`,
    )
  return { data, shape }
}

export function zeros(shape: readonly number[]): Tensor {
  return { data: new Float32Array(sizeOf(shape)), shape }
}

export function filled(shape: readonly number[], value: number): Tensor {
  return { data: new Float32Array(sizeOf(shape)).fill(value), shape }
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis])
}

/**
 * Σ weightₖ · tensorₖ, summed in float64 and rounded once: the whole arithmetic of a sampler.
 *
 * @throws RangeError when the shapes differ or no term is given.
 */
export function combine(...terms: readonly (readonly [weight: number, value: Tensor])[]): Tensor {
  const first = terms[0]?.[1]
  if (!first) throw new RangeError('Cannot combine tensors: none was given')
  const odd = terms.find(([, value]) => !sameShape(value.shape, first.shape))
  if (odd)
    throw new RangeError(`Cannot combine tensors: shapes [${first.shape}] and [${odd[1].shape}] differ`)
  const sum = new Float64Array(first.data.length)
  for (const [weight, { data }] of terms)
    data.forEach((value, i) => (sum[i] = (sum[i] as number) + weight * value))
  return { data: Float32Array.from(sum), shape: first.shape }
}

/** `fn` of every value, in a new tensor. */
export function mapTensor({ data, shape }: Tensor, fn: (value: number, index: number) => number): Tensor {
  return { data: data.map(fn), shape }
}

/**
 * Puts tensors behind one another along their first axis.
 *
 * @throws RangeError when the other axes differ or no tensor is given.
 */
export function stack(parts: readonly Tensor[]): Tensor {
  const rest = parts[0]?.shape.slice(1)
  if (!rest) throw new RangeError('Cannot stack tensors: none was given')
  const odd = parts.find(({ shape }) => !sameShape(shape.slice(1), rest))
  if (odd)
    throw new RangeError(`Cannot stack tensors: rows of shapes [${rest}] and [${odd.shape.slice(1)}] differ`)
  const rows = parts.reduce((count, { shape }) => count + (shape[0] ?? 0), 0)
  const stacked = zeros([rows, ...rest])
  let offset = 0
  for (const { data } of parts) {
    stacked.data.set(data, offset)
    offset += data.length
  }
  return stacked
}

/** Rows `from` to `to` (end exclusive) of the first axis, as a copy. */
export function rowsOf({ data, shape }: Tensor, from: number, to: number): Tensor {
  const rest = shape.slice(1)
  const width = sizeOf(rest)
  return { data: data.slice(from * width, to * width), shape: [to - from, ...rest] }
}

/**
 * Joins NCHW tensors along their channels, such as latent, mask and masked latent for inpainting.
 *
 * @throws RangeError when batch, height or width differ.
 */
export function concatChannels(parts: readonly Tensor[]): Tensor {
  const [batch = 0, , height = 0, width = 0] = parts[0]?.shape ?? []
  const odd = parts.find(({ shape: [n, , h, w] }) => n !== batch || h !== height || w !== width)
  if (odd) throw new RangeError(`Cannot join channels: shapes [${parts[0]?.shape}] and [${odd.shape}] differ`)
  const pictures = Array.from({ length: batch }, (_, n) =>
    parts.map((part) => rowsOf(part, n, n + 1)).map(({ data, shape }) => tensor(data, shape.slice(1))),
  )
  const channels = parts.reduce((count, { shape }) => count + (shape[1] ?? 0), 0)
  const { data } = stack(pictures.flat())
  return tensor(data, [batch, channels, height, width])
}
