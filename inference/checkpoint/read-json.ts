/** Reads a JSON file of a model folder, however broken it is. */
import { readFile, stat } from 'node:fs/promises'
import { CheckpointError } from './safetensors.ts'

/** What a JSON object holds, of which nothing is known yet. */
export type Config = Readonly<Record<string, unknown>>

/** JSON files larger than this are no configs. */
const maxConfigBytes = 1024 * 1024

/** @throws CheckpointError when the file is missing, larger than `most` bytes, or no JSON object. */
export async function readJson(path: string, most = maxConfigBytes): Promise<Config> {
  const refuse = (state: string) => new CheckpointError(`Cannot read ${path}: ${state}`)
  const info = await stat(path).catch(() => null)
  if (!info) throw refuse('there is no such file')
  if (info.size > most) throw refuse(`it has ${info.size} bytes, at most ${most} are read`)
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    throw refuse(`it is no valid JSON (${(error as Error).message})`)
  }
  throw refuse('it is no JSON object')
}
