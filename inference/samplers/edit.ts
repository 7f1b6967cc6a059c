/** What a node changed in the latent between two steps, so that a sampler that goes on from its own memory keeps it. */
import { combine, type Tensor } from '../tensor.ts'

/**
 * `latent` with the change from what the step before gave to what arrived; the same to the bit where nothing was changed.
 *
 * @param gave of the step before; missing at the first one
 */
export function withEdit(latent: Tensor, gave: Tensor | undefined, arrived: Tensor): Tensor {
  // Rounded by itself first: then it is exactly 0 where nothing was changed.
  return gave ? combine([1, latent], [1, combine([1, arrived], [-1, gave])]) : latent
}
