/**
 * `SHA256SUMS` of a model folder, as `sha256sum` prints it: what the files must be, said by whoever put them there. Without
 * it nothing is checked.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CheckpointError } from './safetensors.ts'

export const manifestName = 'SHA256SUMS'

/** Files that were right, and have not changed since, by path. */
const verified = new Map<string, string>()

/**
 * Reads every byte of the files, at the first time and after a change.
 *
 * @param files all that is read of the model, relative to its folder, with `/` between
 * @throws CheckpointError naming every file that is not as the list says, that it does not name, or that is gone.
 */
export async function checkManifest(path: string, files: readonly string[]): Promise<void> {
  const listed = await readManifest(join(path, manifestName))
  if (!listed) return
  const faults: string[] = []
  for (const name of new Set([...listed.keys(), ...files])) {
    const hash = listed.get(name)
    if (hash === undefined) faults.push(`${name} is not in it`)
    else if (!(await stat(join(path, name)).catch(() => null))) faults.push(`${name} is gone`)
    else if (files.includes(name) && !(await isThat(join(path, name), hash)))
      faults.push(`${name} has other content`)
  }
  if (faults.length > 0)
    throw new CheckpointError(
      `Cannot use model ${path}: by its ${manifestName} ${faults.join(', ')}; get the files again, or write the list anew if you changed them yourself`,
    )
}

/** Hash by name; null where there is no list. */
async function readManifest(path: string): Promise<ReadonlyMap<string, string> | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const listed = new Map<string, string>()
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue
    const [, hash, name] = /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(.+)$/.exec(line) ?? []
    if (hash === undefined || name === undefined)
      throw new CheckpointError(
        `Cannot read ${path}: line ${at + 1} must be a SHA-256 and a file, as sha256sum prints them`,
      )
    listed.set(name, hash.toLowerCase())
  }
  return listed
}

async function isThat(path: string, hash: string): Promise<boolean> {
  const { size, mtimeMs, ino } = await stat(path)
  const stamp = `${size} ${mtimeMs} ${ino} ${hash}`
  if (verified.get(path) === stamp) return true
  const content = createHash('sha256')
  await pipeline(createReadStream(path), content)
  if (content.digest('hex') !== hash) return false
  verified.set(path, stamp)
  return true
}
