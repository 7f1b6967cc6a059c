/** Every sampler by its name: each file of this folder that exports one by default. */
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import type { Sampler } from './sampler.ts'

const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts'))
  .toSorted()
const modules = await Promise.all(
  files
    .filter((name) => name !== basename(import.meta.filename))
    .map(async (name) => ({ name, module: (await import(new URL(name, import.meta.url).href)) as { default?: Sampler } })),
)

/** In alphabetical order. */
export const samplers: ReadonlyMap<string, Sampler> = new Map(
  modules.flatMap(({ name, module }) => (module.default ? [[basename(name, '.ts'), module.default] as const] : [])),
)

for (const [file, { name }] of samplers)
  if (file !== name) throw new Error(`Cannot list sampler '${name}': its file is ${file}.ts, name both alike`)

/** @throws RangeError naming the samplers that exist. */
export function findSampler(name: string): Sampler {
  const sampler = samplers.get(name)
  if (!sampler) throw new RangeError(`Cannot find sampler '${name}': there are ${[...samplers.keys()].join(', ')}`)
  return sampler
}
