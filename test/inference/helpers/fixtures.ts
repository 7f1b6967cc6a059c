/** Where the recorded networks lie, and how their tensors are read. */
import { join } from 'node:path'
import { openModelFolder } from '#inference/checkpoint/model-folder.ts'
import { readHeader, readTensor } from '#inference/checkpoint/safetensors.ts'
import { Denoiser } from '#inference/denoiser.ts'
import type { Tensor } from '#inference/tensor.ts'

export const fixtures = join(import.meta.dirname, '../../fixtures')

export function fixture(name: string): string {
  return join(fixtures, name)
}

/** All tensors of a fixture's parity.safetensors, by name. */
export async function recorded(name: string): Promise<(key: string) => Tensor> {
  const header = await readHeader(join(fixture(name), 'parity.safetensors'))
  const pairs = [...header].map(async ([key, entry]) => [key, await readTensor(entry)] as const)
  const values = new Map(await Promise.all(pairs))
  return (key) => {
    const value = values.get(key)
    if (!value) throw new Error(`fixture ${name} has no tensor '${key}'`)
    return value
  }
}

export async function openDenoiser(name: string): Promise<Denoiser> {
  const folder = await openModelFolder(fixture(name))
  return new Denoiser(await folder.component('unet'), { provider: 'cpu' })
}

/** ‖a − b‖ / ‖b‖. */
export function relativeError(a: Float32Array, b: Float32Array): number {
  const gap = Math.hypot(...a.map((value, i) => value - (b[i] ?? NaN)))
  return a.length === b.length ? gap / Math.hypot(...b) : NaN
}
