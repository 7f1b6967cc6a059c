/** Every sampler by its name: each file of this folder that exports one by default. */
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import type { Sampler } from './sampler.ts'

const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => basename(name, '.ts'))
  .filter((name) => name !== basename(import.meta.filename, '.ts'))
  .toSorted()

async function read(name: string): Promise<[string, Sampler][]> {
  const { default: sampler } = (await import(new URL(`${name}.ts`, import.meta.url).href)) as {
    default?: Sampler
  }
  if (sampler && sampler.name !== name)
    throw new Error(`Cannot list sampler '${sampler.name}': its file is ${name}.ts, name both alike`)
  return sampler ? [[name, sampler]] : []
}

/** In alphabetical order. */
export const samplers: ReadonlyMap<string, Sampler> = new Map((await Promise.all(names.map(read))).flat())

/** @throws RangeError naming the samplers that exist. */
export function findSampler(name: string): Sampler {
  const sampler = samplers.get(name)
  if (!sampler)
    throw new RangeError(`Cannot find sampler '${name}': there are ${[...samplers.keys()].join(', ')}`)
  return sampler
}
