/**
 * Unit Gaussian noise that is the same on every machine.
 *
 * A counter-based generator (Philox4x32-10: Salmon et al. 2011) gives 128 bits for any (seed, stream, place), so a value
 * depends on nothing drawn before it. Marsaglia's polar method makes two Gaussians of them with only + − × ÷ and √, which
 * IEEE 754 fixes to the last bit, and one logarithm. `Math.log` is not fixed by the language, so there is an own one.
 */
import { sizeOf, tensor, type Tensor } from './tensor.ts'

/** Seeds are whole numbers from 0 to this, 2^64 − 1. */
export const maxSeed = 2n ** 64n - 1n

/**
 * Noise of mean 0 and variance 1.
 *
 * @param seed 0 .. 2^64 − 1
 * @param stream whole number from 0 to 2^32 − 1; streams of one seed are independent, such as one per step
 * @throws RangeError when seed or stream is out of range
 */
export function gaussian(seed: bigint, shape: readonly number[], stream = 0): Tensor {
  if (seed < 0n || seed > maxSeed)
    throw new RangeError(`Cannot draw noise: seed ${seed} is not between 0 and ${maxSeed}`)
  if (!Number.isInteger(stream) || stream < 0 || stream > 0xffffffff)
    throw new RangeError(`Cannot draw noise: stream ${stream} is no whole number between 0 and ${0xffffffff}`)
  const key = [Number(seed & 0xffffffffn), Number(seed >> 32n)] as const
  const data = new Float32Array(sizeOf(shape))
  for (let i = 0; i < data.length; i += 2) {
    const [a, b] = gaussianPair(key, stream, i / 2)
    data[i] = a
    if (i + 1 < data.length) data[i + 1] = b
  }
  return tensor(data, shape)
}

/** A point in the unit disc, stretched; points outside are drawn again (about one in five). */
function gaussianPair(key: readonly [number, number], stream: number, place: number): [number, number] {
  for (let attempt = 0; ; attempt++) {
    const bits = philox([place, attempt, stream, 0], key)
    const x = 2 * unitInterval(bits[0], bits[1]) - 1
    const y = 2 * unitInterval(bits[2], bits[3]) - 1
    const s = x * x + y * y
    if (s > 0 && s < 1) {
      const stretch = Math.sqrt((-2 * naturalLogarithm(s)) / s)
      return [x * stretch, y * stretch]
    }
  }
}

/** 53 of 64 bits as a fraction in [0, 1). */
function unitInterval(high: number, low: number): number {
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53
}

type Words = readonly [number, number, number, number]

/** Ten rounds of multiply and mix over a 128-bit counter with a 64-bit key. */
export function philox(counter: Words, [key0, key1]: readonly [number, number]): Words {
  let [a, b, c, d] = counter
  let [k0, k1] = [key0, key1]
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(0xd2511f53, a)
    const [high1, low1] = multiply(0xcd9e8d57, c)
    ;[a, b, c, d] = [(high1 ^ b ^ k0) >>> 0, low1, (high0 ^ d ^ k1) >>> 0, low0]
    k0 = (k0 + 0x9e3779b9) >>> 0
    k1 = (k1 + 0xbb67ae85) >>> 0
  }
  return [a, b, c, d]
}

/** The 64-bit product of two 32-bit numbers, as high and low word; every intermediate is exact in a double. */
function multiply(a: number, b: number): [high: number, low: number] {
  const [a1, a0, b1, b0] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff]
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const middleLow = (middle % 0x10000) + a0 * b1
  const high = a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(middleLow / 0x10000)
  return [high >>> 0, Math.imul(a, b) >>> 0]
}

const ln2 = 0.6931471805599453
const bits = new DataView(new ArrayBuffer(8))

/**
 * ln x for finite x > 0, to about 1e-15, by exact operations alone: x = m·2^e with m near 1, and
 * ln m = 2·(z + z³/3 + z⁵/5 + …) with z = (m − 1)/(m + 1).
 */
export function naturalLogarithm(x: number): number {
  const normal = x < 2 ** -1022 ? x * 2 ** 54 : x
  bits.setFloat64(0, normal)
  const top = bits.getUint32(0)
  bits.setUint32(0, (top & 0x000fffff) | 0x3ff00000)
  const mantissa = bits.getFloat64(0)
  const halved = mantissa > Math.SQRT2
  const exponent = (top >>> 20) - 1023 + (halved ? 1 : 0) - (normal === x ? 0 : 54)
  const m = halved ? mantissa / 2 : mantissa
  const z = (m - 1) / (m + 1)
  const square = z * z
  let sum = 0
  for (let odd = 25; odd >= 1; odd -= 2) sum = sum * square + 1 / odd
  return exponent * ln2 + 2 * z * sum
}
