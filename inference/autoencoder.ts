/** The VAE at work, on scaled latents: the scale that the UNet was trained on. */
import type { Component } from './checkpoint/model-folder.ts'
import { LazySession } from './lazy-session.ts'
import {
  authorVaeDecoder,
  authorVaeEncoder,
  readVaeConfig,
  vaeScale,
  type VaeConfig,
} from './networks/vae.ts'
import { dialects } from './onnx/dialect.ts'
import type { SessionOptions } from './session.ts'
import { mapTensor, sizeOf, stack, tensor, type Tensor } from './tensor.ts'

/** The latents a picture may have come from: `mean + deviation · noise` with unit noise is one of them. */
export interface EncodedPixels {
  readonly mean: Tensor // [B, C, h, w]
  readonly deviation: Tensor // [B, C, h, w]
}

export class Autoencoder {
  readonly config: VaeConfig
  /** Pixels along one side of a latent cell. */
  readonly scale: number
  private readonly decoder: LazySession
  private readonly encoder: LazySession

  /** @throws UnsupportedModelError */
  constructor({ place, config, weights }: Component, options: SessionOptions) {
    const dialect = dialects[options.provider]
    this.config = readVaeConfig(place, config)
    this.scale = vaeScale(this.config)
    this.decoder = new LazySession(() => authorVaeDecoder(this.config, weights, dialect), options)
    this.encoder = new LazySession(() => authorVaeEncoder(this.config, weights, dialect), options)
  }

  /** Scaled latent [B, C, h, w] → pixels [B, 3, H, W]. */
  async decode(latent: Tensor): Promise<Tensor> {
    const { scaling_factor, shift_factor } = this.config
    const latents = mapTensor(latent, (value) => value / scaling_factor + (shift_factor ?? 0))
    const { decoded } = await this.decoder.run({ latents })
    if (!decoded) throw new TypeError('Cannot decode the latent: the decoder has no output')
    return decoded
  }

  /**
   * Pixels [B, 3, H, W] in −1..1 → scaled latents.
   *
   * @throws RangeError when a side is no multiple of `scale`
   */
  async encode(image: Tensor): Promise<EncodedPixels> {
    const [batch = 0, , height = 0, width = 0] = image.shape
    if (height % this.scale !== 0 || width % this.scale !== 0)
      throw new RangeError(
        `Cannot encode a picture of ${width} × ${height}: both sides must be multiples of ${this.scale}, resize it`,
      )
    const { moments } = await this.encoder.run({ image })
    if (!moments) throw new TypeError('Cannot encode the picture: the encoder has no output')
    const [means, variances] = halves(moments, batch)
    const { scaling_factor, shift_factor } = this.config
    return {
      mean: mapTensor(means, (value) => (value - (shift_factor ?? 0)) * scaling_factor),
      deviation: mapTensor(
        variances,
        (value) => Math.exp(Math.min(20, Math.max(-30, value)) / 2) * scaling_factor,
      ),
    }
  }

  async release(): Promise<void> {
    await Promise.all([this.decoder.release(), this.encoder.release()])
  }
}

/** [B, 2C, h, w] → two of [B, C, h, w]. */
function halves({ data, shape }: Tensor, batch: number): [Tensor, Tensor] {
  const [, channels = 0, height = 0, width = 0] = shape
  const half = [1, channels / 2, height, width]
  const size = sizeOf(half)
  const part = (n: number) => tensor(data.slice(n * size, (n + 1) * size), half)
  const rows = Array.from({ length: batch }, (_, n) => n)
  return [stack(rows.map((n) => part(2 * n))), stack(rows.map((n) => part(2 * n + 1)))]
}
